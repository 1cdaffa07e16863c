"""What an application asks (条例 art. 29), described once.

`application` declares the fields; whatever shows, checks, masks, exports or documents them goes through `fields`, which
reads the declaration. A new field is a line there: the web form, the staff's entry, the interface, the chat, the
particulars, the ledger and docs/form.md have it then, and it is hidden until it is declared harmless.
"""
