"""XML laid out for reading: indented, nothing else changed. What was sent stays as it is in the history."""


def readable(body: bytes | str) -> str:
    """Return XML with one element a line; text that is no XML as it is, undecodable signs replaced."""
    from lxml import etree

    raw = body.encode("utf-8") if isinstance(body, str) else body
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        return raw.decode("utf-8", errors="replace")
    return etree.tostring(tree, pretty_print=True, encoding="unicode")
