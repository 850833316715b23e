from __future__ import annotations

import ast

from tests.support.said.statements import statements

SOURCE = '''
"""A page."""
class A:
    """Of a class."""
    def f(self):
        """Of a function."""
        if x:
            a = lambda: b if c else d
        elif y:
            with z:
                pass
        else:
            for each in w:
                del each
            else:
                raise
        try:
            import q
        except E:
            class Inner: ...
        finally:
            match p:
                case 1:
                    async def g(): ...
'''


def test_each_statement_is_given_once_in_the_order_of_the_text() -> None:
    tree = ast.parse(SOURCE)
    walked = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    given = list(statements(tree))
    assert {id(node) for node in given} == {id(node) for node in walked}
    assert len(given) == len(walked)
    places = [(node.lineno, node.col_offset) for node in given]
    assert places == sorted(places)
