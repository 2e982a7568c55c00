"""Mail addresses as every mail server takes them: bare, ASCII, without a display name (RFC 5321 §4.1.2, simplified)."""


def is_plain_address(text: str) -> bool:
    """Tell whether `text` is one bare address.

    >>> is_plain_address("ana.lopez+dam@example.com"), is_plain_address("Ana <ana@example.com>")
    (True, False)
    """
    user, _, host = text.rpartition("@")
    return bool(user and host) and text.isascii() and text.isprintable() and not set(text) & set(' ,;:<>"()')
