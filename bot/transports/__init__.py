"""How messages come and go: Telegram (long polling or webhook) and the web chat."""
