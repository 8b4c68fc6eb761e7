"""The one home of the link between a question of a form and an attribute of the record.

Each form has a :class:`~digmed_desktop.clinical.questions.binding.QuestionSet` of bindings. A binding reads an answer into
the record, writes it back when a form is filled from a record, and names the question behind an attribute: for a problem,
for a finding in a message, and for a row that the practice reads.
"""
