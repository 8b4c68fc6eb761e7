"""Lines in the layout of the public list of practices. The practices are invented."""

import csv
import io


def line(code: str, name: str, *, setting: str = "4", status: str = "A", closed: str = "", city: str = "LEEDS",
         post: str = "LS1 4AP") -> str:  # fmt: skip
    columns = [""] * 27
    for place, text in {
        0: code, 1: name, 4: "1 HIGH STREET", 7: city, 9: post, 10: "19740401", 11: closed, 12: status,
        13: "B", 17: "01632 960100", 25: setting,
    }.items():  # fmt: skip
        columns[place] = text
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(columns)
    return out.getvalue()
