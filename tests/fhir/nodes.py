"""The type of a node of XML, for tests."""

from typing import Any

Node = Any
"""An element of lxml: its stubs say of every XPath that it may be a number, a text or a list of either."""
