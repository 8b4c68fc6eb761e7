"""A text for people in Markdown, as a document: headings, paragraphs, lists, tables, commands, pictures."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from digmed_desktop.paper.document import Block, Code, Listing, PaperDocument, Picture, Points, Said

PICTURES = "pictures/"  # where a picture of a guide lies in the resources


def read(text: str, *, made: str = "") -> PaperDocument:
    """Return a text as a document. Its first line is the title; ValueError when there is none."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        raise ValueError("a guide begins with its title")
    reader = _Reader()
    reader.read(tokens[3:])
    return PaperDocument(plain(tokens[1]), tuple(reader.blocks), made=made)


def plain(token: Token) -> str:
    """Return the words of a line without its marks."""
    breaks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(breaks.get(part.type, part.content) for part in token.children or ())


class _Reader:
    """Collects blocks; a heading is the title of the block that follows."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._title = ""

    def read(self, tokens: Sequence[Token]) -> None:
        """Read all tokens after the title."""
        place = 0
        while place < len(tokens):
            token = tokens[place]
            end = place + 1
            if token.nesting == 1:
                end = _end(tokens, place)
            self._take(token, tokens[place + 1 : end - 1])
            place = end
        if self._title:
            self._add(Said(self._title, ()))

    def _take(self, token: Token, inside: Sequence[Token]) -> None:
        match token.type:
            case "heading_open":
                if self._title:
                    self._add(Said(self._title, ()))
                self._title = plain(inside[0])
            case "paragraph_open":
                self._paragraph(inside[0])
            case "bullet_list_open" | "ordered_list_open":
                items = tuple(plain(one) for one in inside if one.type == "inline")
                self._add(Points(self._title, items, numbered=token.type == "ordered_list_open"))
            case "fence" | "code_block":
                self._add(Code(self._title, token.content.rstrip("\n")))
            case "table_open":
                self._table(inside)
            case _:
                raise ValueError(f"a guide has no place for {token.type}")

    def _paragraph(self, line: Token) -> None:
        pictures = [part for part in line.children or () if part.type == "image"]
        if not pictures:
            self._add(Said(self._title, (plain(line),)))
        for picture in pictures:
            self._add(Picture(self._title, f"{PICTURES}{picture.attrs['src']}", picture.content))

    def _table(self, inside: Sequence[Token]) -> None:
        rows: list[list[str]] = []
        for token in inside:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(plain(token))
        widest = [min(max(len(row[column]) for row in rows), 60) for column in range(len(rows[0]))]
        cells = tuple(tuple(row) for row in rows[1:])
        self._add(Listing(self._title, tuple(rows[0]), cells, tuple(max(wide, 8) for wide in widest)))

    def _add(self, block: Block) -> None:
        self.blocks.append(block)
        self._title = ""


def _end(tokens: Sequence[Token], place: int) -> int:
    """Return the place after the token that closes the one at ``place``."""
    depth = 0
    for end in range(place, len(tokens)):
        depth += tokens[end].nesting
        if depth == 0:
            return end + 1
    return len(tokens)
