"""Checked reading of what stands in ``resources/``: models that refuse unknown keys, and faults in plain words.

Each room declares the models of the files it reads, in modules named ``..._file`` or ``..._files``, and imports them
when it reads: they need pydantic, which is too heavy for the first paint.
"""
