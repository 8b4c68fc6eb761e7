"""Strings that nothing but the patients of the leak test has."""

GIVEN, FAMILY, ADDRESS = "Qizelvina", "Vroxhalter", "77 Zemblanique Row"
TOKENS = (GIVEN, FAMILY, "Zemblanique")
