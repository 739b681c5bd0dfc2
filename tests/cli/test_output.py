from genrefit.cli import output


def test_a_table_sets_numbers_right_and_cuts_long_texts(capsys):
    output.print_table([("x" * 60, 0.5), ("y", 10.25)], ["title", "fit"])
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.startswith("title")
    assert first.split() == ["x" * 47 + "…", "0.500"]
    assert second.endswith("10.250")
    assert len(first) == len(second)
