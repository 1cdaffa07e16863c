// What does not fit on the page as it stands: text or a control that sticks out of the window or is cut off by a box
// around it, and text squeezed into a column of a few characters. A box that scrolls may be wider than the window.
() => {
  const width = document.documentElement.clientWidth;
  const found = new Set();
  const name = (element) => {
    const text = element.textContent.trim().replace(/\s+/g, " ").slice(0, 24);
    return `<${element.localName}${element.className ? "." + element.className : ""}> ${text}`;
  };
  if (document.documentElement.scrollWidth > width) found.add(`page ${document.documentElement.scrollWidth} sticks out`);

  const known = new Map(); // element -> the boxes around it, innermost first, each with what its style does
  const boxes = (element) => {
    if (!element || element === document.body) return [];
    if (!known.has(element)) {
      const { overflowX, overflowY, clipPath } = getComputedStyle(element);
      const box = {
        rect: element.getBoundingClientRect(),
        scrolls: /auto|scroll/.test(overflowX),
        hides: /hidden|clip/.test(overflowX + overflowY),
        unseen: element.matches(".skip, .trap") || clipPath === "inset(50%)",
      };
      known.set(element, [box, ...boxes(element.parentElement)]);
    }
    return known.get(element);
  };
  const unseen = (element) => boxes(element).some((one) => one.unseen);

  function fits(rect, element) {
    for (const { rect: box, scrolls, hides } of boxes(element)) {
      if (scrolls) return;
      if (hides && (rect.right > box.right + 1 || rect.left < box.left - 1 || rect.bottom > box.bottom + 1)) {
        found.add(`cut off: ${name(element)}`);
        return;
      }
    }
    if (rect.right > width + 1 || rect.left < -1) found.add(`sticks out: ${name(element)}`);
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const element = text.parentElement;
    if (!text.data.trim() || element.closest("script, style, option, svg, textarea") || unseen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const rects = [...range.getClientRects()].filter((one) => one.width > 0 && one.height > 0);
    rects.forEach((rect) => fits(rect, element));
    const lines = new Set(rects.map((one) => Math.round(one.top))).size;
    const letters = text.data.trim().length;
    if (lines >= 4 && letters / lines < 4.5) found.add(`squeezed into ${lines} lines: ${name(element)}`);
  }

  const ruler = document.createElement("canvas").getContext("2d");
  for (const control of document.querySelectorAll("button, .button, input:not([type=hidden]), select, textarea, svg, img")) {
    const rect = control.getBoundingClientRect();
    if (!rect.width || unseen(control)) continue;
    fits(rect, control);
    if (control.matches("button, .button") && control.scrollWidth > control.clientWidth + 1) found.add(`cut off: ${name(control)}`);
    if (!control.placeholder) continue;
    const style = getComputedStyle(control);
    ruler.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`; // the shorthand is empty beside tabular figures
    const room = control.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (ruler.measureText(control.placeholder).width > room + 1) found.add(`cut off: placeholder ${control.placeholder}`);
  }
  return [...found];
}
