"""The same document as HTML, for the printer: Qt lays it out and numbers its pages."""

from html import escape

from digmed_desktop import resources
from digmed_desktop.paper.document import (
    Blank,
    Block,
    Code,
    Listing,
    Pairs,
    PaperDocument,
    Picture,
    Points,
    Question,
)


def html(document: PaperDocument) -> str:
    """Return the document as HTML of the kind that QTextDocument lays out."""
    parts = [f"<h1>{escape(document.title)}</h1>"]
    if document.notice:
        inside = "<br/>".join(escape(one) for one in document.notice)
        frame = f"<td><b>{inside}</b></td>"
        parts.append(
            f'<table width="100%" border="1" cellpadding="6" cellspacing="0"><tr>{frame}</tr></table>'
        )
    parts += [f"<p>{escape(one)}</p>" for one in document.lead]
    parts += [_block(one) for one in document.blocks]
    return f'<html lang="{escape(document.language)}"><body>{"".join(parts)}</body></html>'


def _block(block: Block) -> str:
    head = f"<h2>{escape(block.title)}</h2>" if block.title else ""
    if isinstance(block, Pairs):
        rows = "".join(
            f'<tr><td width="32%" valign="top">{escape(label)}</td><td>{_lines(values)}</td></tr>'
            for label, values in block.rows
        )
        return f'{head}<table width="100%" cellpadding="2" cellspacing="0">{rows}</table>'
    if isinstance(block, Listing):
        if not block.rows:
            return f"{head}<p>{escape(block.empty)}</p>"
        top = "".join(f'<th align="left">{escape(one)}</th>' for one in block.headings)
        rows = "".join(
            "<tr>" + "".join(f'<td valign="top">{_lines((one,))}</td>' for one in row) + "</tr>"
            for row in block.rows
        )
        return (
            f'{head}<table width="100%" border="1" cellpadding="3" cellspacing="0">'
            f"<thead><tr>{top}</tr></thead>{rows}</table>"
        )
    if isinstance(block, Points):
        listed = "ol" if block.numbered else "ul"
        return f"{head}<{listed}>{''.join(f'<li>{_lines((one,))}</li>' for one in block.items)}</{listed}>"
    if isinstance(block, Code):
        return f"{head}<pre>{escape(block.text)}</pre>"
    if isinstance(block, Picture):
        source = escape(resources.path(block.file).as_uri())
        return f'{head}<p><img src="{source}" width="620"/><br/>{escape(block.words)}</p>'
    if isinstance(block, Blank):
        return head + _blank(block)
    return head + "".join(f"<p>{_lines((one,))}</p>" for one in block.sentences)


def _blank(block: Blank) -> str:
    rows = "".join(
        f'<tr><td width="34%" valign="top"><b>{escape(one.label)}</b><br/><small>{escape(one.hint)}</small></td>'
        f"<td>{_room(one)}</td></tr>"
        for one in block.questions
    )
    return f'<table width="100%" border="1" cellpadding="4" cellspacing="0">{rows}</table>'


def _room(question: Question) -> str:
    """Return boxes to tick, or empty lines to write on."""
    boxes = " &nbsp; ".join(f"[&nbsp;&nbsp;&nbsp;]&nbsp;{escape(option)}" for option in question.options)
    return boxes or "<br/>&nbsp;" * question.lines


def _lines(values: tuple[str, ...]) -> str:
    return "<br/>".join(escape(line) for one in values for line in one.splitlines() or [""])
