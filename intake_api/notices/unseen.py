"""What a Word file holds that nobody sees on paper: a template with such content is refused, its traces are taken off.

Elements and relationships are those of ECMA-376 Part 1. What somebody must decide about (tracked changes, comments,
hidden text, embedded files) is `found`; what only tells who worked on the file, and when, `clear` takes off.
"""

from collections.abc import Iterator

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.part import Part, XmlPart
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from lxml import etree

from intake_api.notices import texts

_OFF = ("0", "false", "off")  # ST_OnOff
_REVISIONS = {
    *("ins", "del", "delText", "delInstrText", "moveFrom", "moveTo", "moveFromRangeStart", "moveToRangeStart"),
    *("cellIns", "cellDel", "cellMerge"),
}
_COMMENTS = {"comment", "commentReference", "commentRangeStart"}
_EMBEDDED = {RT.OLE_OBJECT, RT.PACKAGE, RT.A_F_CHUNK, RT.GLOSSARY_DOCUMENT}
_STYLED = tuple(map(qn, ("w:pStyle", "w:rStyle", "w:tblStyle")))
_TRACES = {RT.CUSTOM_PROPERTIES, RT.EXTENDED_PROPERTIES, RT.THUMBNAIL, RT.CUSTOM_XML, RT.COMMENTS}
_TRACE_NAMES = ("people", "commentsExtended", "commentsIds", "commentsExtensible")  # relationships newer than ECMA-376
_SETTINGS = tuple(map(qn, ("w:rsids", "w:rsid", "w:trackRevisions", "w:docVars", "w:attachedTemplate", "w:mailMerge")))


def found(document: Document) -> list[str]:
    """Name what is hidden in the file, in words for who made it; empty for a file that shows all it holds."""
    trees = [tree for _, tree in _trees(document)]
    kinds = {kind for tree in trees for kind in _kinds(tree)}
    if _used(trees) & _hidden_styles(trees):
        kinds.add("hidden")
    if any(rel.reltype in _EMBEDDED for part in _parts(document) for rel in part.rels.values()):
        kinds.add("embedded")
    return [word for kind, word in texts.UNSEEN.items() if kind in kinds]


def clear(document: Document) -> None:
    """Take off who worked on the file, how often and from where; title, author and so on are the caller's to set."""
    package = document.part.package
    core = document.core_properties._element
    for child in list(core):
        core.remove(child)
    for holder in (package, *_parts(document)):
        for key, rel in list(holder.rels.items()):
            if rel.reltype in _TRACES or rel.reltype.rpartition("/")[2] in _TRACE_NAMES:
                del holder.rels[key]
    for part, tree in _trees(document):
        _clear_tree(tree)
        if not isinstance(part, XmlPart):
            part._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _parts(document: Document) -> list[Part]:
    return list(document.part.package.iter_parts())


def _trees(document: Document) -> Iterator[tuple[Part, etree._Element]]:
    for part in _parts(document):
        if isinstance(part, XmlPart):
            yield part, part.element
        elif part.content_type.endswith(("+xml", "/xml")):
            yield part, parse_xml(part.blob)


def _kinds(tree: etree._Element) -> Iterator[str]:
    styles = tree.tag == qn("w:styles")  # a style that hides is looked at where it is used
    for element in tree.iter(etree.Element):
        namespace, _, name = element.tag.rpartition("}")
        if namespace[1:] != _W:
            hidden = name == "docPr" and element.get("hidden", "0") not in _OFF
            kind = "hidden" if hidden else None
        elif name in _REVISIONS or name.endswith("Change"):
            kind = "revision"
        elif name in _COMMENTS:
            kind = "comment"
        else:
            kind = "hidden" if not styles and _hides(element) else None
        if kind:
            yield kind


_W = qn("w:p")[1:].partition("}")[0]
_VANISH = (qn("w:vanish"), qn("w:specVanish"))


def _hides(element: etree._Element) -> bool:
    return element.tag in _VANISH and element.get(qn("w:val"), "1") not in _OFF


def _used(trees: list[etree._Element]) -> set[str]:
    """The styles that the text names."""
    content = (tree for tree in trees if tree.tag != qn("w:styles"))
    return {element.get(qn("w:val"), "") for tree in content for element in tree.iter(*_STYLED)}


def _hidden_styles(trees: list[etree._Element]) -> set[str]:
    """The styles that hide what is written in them, or rest on one that does."""
    styles = [style for tree in trees if tree.tag == qn("w:styles") for style in tree.iter(qn("w:style"))]
    base = {
        s.get(qn("w:styleId"), ""): next((b.get(qn("w:val")) for b in s.iter(qn("w:basedOn"))), None) for s in styles
    }
    hidden = {style.get(qn("w:styleId"), "") for style in styles if any(map(_hides, style.iter(*_VANISH)))}
    for _ in base:
        hidden |= {style for style, parent in base.items() if parent in hidden}
    return hidden


def _clear_tree(tree: etree._Element) -> None:
    for element in list(tree.iter(etree.Element)):
        for name in [name for name in element.attrib if name.startswith(f"{{{_W}}}rsid")]:
            del element.attrib[name]
        if element.tag in _SETTINGS or element.tag == qn("w:dataBinding"):
            element.getparent().remove(element)
