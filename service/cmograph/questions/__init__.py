"""The questions: `.rq` files that are at once competency question, test, command and web endpoint.

header     the `#+` lines of a question file, as a strict model
library    every question, by its id
binding    values → the text of a query; the only place where what a user gives meets SPARQL
answers    SPARQL results → typed rows, with the notices that belong to them
desk       asks a question of a backend: the four above, in order
"""

from cmograph.questions.answers import Answer, Cell
from cmograph.questions.desk import Desk, ask
from cmograph.questions.header import Column, Header, Parameter
from cmograph.questions.library import Library, Question

__all__ = ["Answer", "Cell", "Column", "Desk", "Header", "Library", "Parameter", "Question", "ask"]
