"""Text as a model reads it: one form, words, terms with weights, the matter found, names struck out."""
