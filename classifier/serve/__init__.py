"""From a text to a suggestion, its reasons and the cases like it."""
