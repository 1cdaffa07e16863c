"""Files on a case (附件): what applicants send in; sealed, their digests in the case's chain, never shown in a page."""
