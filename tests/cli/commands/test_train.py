from tests.support.commands import run_command


def test_training_prints_the_report_in_words(trained, capsys):
    arguments = ["--model", "logistic", "--features", "classic", "--name", "words"]
    code, out, err = run_command(trained[0], capsys, "train", *arguments)
    run_command(trained[0], capsys, "models", "delete", "words")
    assert code == 0, err
    assert out.startswith("words: logistic on classic\nRight for ")
