"""Every shipped experiment is offered under one topic."""

from optlab.files.experiment_files import experiment_names, experiment_topics


def test_every_experiment_stands_under_one_topic():
    topics, others = experiment_topics()
    placed = [name for topic in topics for name in topic.experiments]
    assert sorted(placed) == list(experiment_names())
    assert others == ()
    assert len({topic.title for topic in topics}) == len(topics)


def test_a_new_experiment_is_offered_without_a_topic(monkeypatch):
    monkeypatch.setattr(
        "optlab.files.experiment_files.experiment_names", lambda: ("momentum_overshoots", "new")
    )
    assert experiment_topics()[1] == ("new",)
