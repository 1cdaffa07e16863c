"""Notices (文书) N1–N27: drafted from the facts of a case, checked, numbered, issued and kept unchanged."""
