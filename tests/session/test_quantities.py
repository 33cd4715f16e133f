from optlab.core.gradient import GradientTreatment
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.session.quantities import of_rule


def test_clipping_can_be_plotted_where_it_is_on() -> None:
    rule = load_rule("momentum")
    treatment = GradientTreatment(clip_norm=5.0)
    clipped = run(RunSpec(load_problem("quadratic"), rule, treatment=treatment, steps=9))
    quantity = {q.key: q for q in of_rule(rule, clipped)}["rule:clip"]
    assert quantity.title == "share of the gradient left by clipping"
    ((label, values),) = quantity.curves(clipped)
    assert label == "clip"
    assert (values[1:] < 1.0).all()
    free = run(RunSpec(load_problem("quadratic"), rule, steps=9))
    assert "rule:clip" not in {q.key for q in of_rule(rule, free)}
