"""A folder of web pages for an assessor: each made of Markdown, the first with links to all."""

from dataclasses import dataclass
from html import escape
from pathlib import Path

from digmed_desktop.messaging.whole_file import whole_file

_STYLE = """body { font: 16px/1.5 "Open Sans", Arial, sans-serif; color: #212b32; background: #fff; max-width: 1100px;
margin: 24px auto; padding: 0 24px; overflow-wrap: break-word }
h1 { font-size: 28px; line-height: 1.25 } h2 { font-size: 20px; margin-top: 32px }
table { border-collapse: collapse; width: 100%; margin: 12px 0 20px }
td, th { border: 1px solid #aeb7bd; padding: 4px 8px; text-align: left; vertical-align: top }
thead th { background: #f0f4f5 } pre { overflow-x: auto; background: #f0f4f5; padding: 12px }
code { font-size: 14px; overflow-wrap: anywhere } a { color: #005eb8 }"""


@dataclass(frozen=True, slots=True, repr=False)
class EvidencePage:
    """One page. ``name`` is that of its file without suffix, ``about`` says on the first page what it shows, or is empty."""

    name: str
    title: str
    about: str
    text: str


def web_page(text: str) -> str:
    """Return a text in Markdown as a whole page for a web browser; its first line is the title."""
    from markdown_it import MarkdownIt

    title = text.partition("\n")[0].removeprefix("# ").strip()
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    head = f'<meta charset="utf-8"/><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en-GB"><head>{head}</head><body>\n{body}</body></html>\n'


def write(folder: Path, name: str, content: str | bytes) -> None:
    """Write one file of the folder, whole or not at all. Raises NotStoredError."""
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(place) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def write_page(folder: Path, page: EvidencePage) -> None:
    """Write a page. Raises NotStoredError."""
    write(folder, f"{page.name}.html", web_page(page.text))
