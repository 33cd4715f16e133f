"""Tables from CSV: what is read, what is dropped, and where it says that something is wrong."""

import numpy as np
import pytest

from optlab.core.data import Table, TableError, load_table, read_table, table_text
from optlab.core.problems import data_problem


def test_columns_are_read_by_name_and_the_last_is_the_target():
    table = read_table('\ufeffarea,"price, in\nthousands"\r\n1.5,-2e3\r\n\r\n" 4 ",.5\r\n')
    assert table.names == ("area", "price_in_thousands")
    assert table.headers == {"price_in_thousands": "price, in\nthousands"}
    assert table.columns["area"].tolist() == [1.5, 4.0]
    assert table.columns[table.target].tolist() == [-2000.0, 0.5]


def test_rows_with_missing_values_are_dropped_and_counted():
    table = read_table("x,y\n1,2\n,3\n4,NA\n5,6\n?,nan\n")
    assert (table.dropped, table.columns["x"].tolist()) == (3, [1.0, 5.0])


def test_a_table_comes_back_from_its_text():
    numbers = np.random.default_rng(2).normal(size=(2, 30)) * 10.0 ** np.arange(-15, 15)
    table = Table({"a_b": numbers[0], "y": np.round(numbers[1])})
    assert read_table(table_text(table)) == table


def test_columns_get_names_that_formulas_can_say():
    header = "sepal length (cm),a_b,a b,2nd año,x²,?,ok"
    table = read_table(f"{header}\n1,2,3,4,5,6,7\n2,3,4,5,6,7,9\n")
    assert table.names == (*("sepal_length_cm", "a_b", "a_b_2", "c2nd_ano", "x2", "column", "ok"),)
    assert table.headers["a_b_2"] == "a b" and "ok" not in table.headers
    assert "'sepal length (cm)' is sepal_length_cm" in table.renamed
    assert table.with_target("a b").target == table.with_target("a_b_2").target == "a_b_2"
    loss = "mean((w1*sepal_length_cm + w2*a_b_2 - ok)^2)"
    assert data_problem(loss, table).loss((1.0, 1.0)) == pytest.approx(((1 + 3 - 7) ** 2 + 9) / 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: the file is empty"),
        ("x,y\n", "line 2: there are no numbers"),
        ("1,2\n3,4\n", "line 1: a header"),
        ("x,y\n1,2\n3,abc\n", "line 3, column y: 'abc' is not a number"),
        ("x,y\n1,inf\n", "line 2, column y: 'inf' is not a finite number"),
        ("x,y\n1,1e999\n", "line 2, column y: '1e999' is not a finite number"),
        ('x,y\n1,2\n\n"3\n4",5\n', "line 5, column x"),
        ("x,y\n1,2,3\n", "line 2: has 3 cells, the header 2"),
        ("x,y,x\n1,2,3\n", "line 1, column 3: 'x' stands there twice"),
        ("x,\n1,2\n", "line 1, column 2: a column needs a name"),
        ("x;y\n1;2\n", "line 1, column 1: columns are separated by ','"),
        ('x,y\n1,"2', "line 2: "),
        ("x,y\n,1\n2,\n", "every one of the 2 rows has a missing value"),
    ],
)
def test_what_is_no_table_says_where(text, reason):
    with pytest.raises(TableError) as caught:
        read_table(text)
    assert str(caught.value).startswith(reason)


def test_files_say_their_name(tmp_path):
    path = tmp_path / "houses.csv"
    for content, reason in [
        (b"x,y\n1,b\n", "line 2, column y"),
        (b"x\n\xff\n", "line 2: not UTF-8"),
    ]:
        path.write_bytes(content)
        with pytest.raises(TableError, match=reason) as caught:
            load_table(str(path))
        assert str(caught.value).startswith(f"{path}: ")
    for name in (tmp_path / "none.csv", tmp_path / "folder.csv"):
        (tmp_path / "folder.csv").mkdir(exist_ok=True)
        with pytest.raises(TableError, match="cannot be read"):
            load_table(str(name))
    path.write_text("x,y\n1,2\n")
    assert load_table(str(path)).rows == 1
    path.write_text("x,y\n1,2\n3,4\n")
    assert load_table(str(path)).rows == 2
