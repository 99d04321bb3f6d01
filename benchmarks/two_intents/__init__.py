"""How often two wishes in one message are noticed, on real phrasings nobody wrote rules from."""
