"""What a model says of itself: how sure its segments and lifts are, and what it takes for granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scenarios.first_few import first_few
from scenarios.language.schema import LearnSpec
from surrogate.data.adding_up.returns import settled_note
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.lift_tests import LiftTest
from surrogate.effects.described import Described
from surrogate.flight.measure.effects_measured import LEAST_LIFT
from surrogate.held_out.accuracy import but_for_mechanics
from surrogate.people.own_segments import OwnSegments, own_notes
from surrogate.people.rest import REST, too_little_shown
from surrogate.people.segments import Segmentation

ON_A_PRODUCT = (
    "An offer on a product means every item of its categories at that depth; switching between them is taken off."
)
NO_COSTS = "Purchase data holds no costs: unit costs, vendor shares and fixed costs are the scenario's own assumptions."


def model_notes(
    spec: DataSpec,
    events: Events,
    seen: Described,
    segments: Segmentation,
    accuracy: Mapping[str, float | str],
    season: str,
    *,
    learn: LearnSpec,
    own: OwnSegments | None,
) -> tuple[str, ...]:
    """Return the notes of a model of purchases.

    Parameters
    ----------
    seen, segments
        As known at the end of the data.
    accuracy
        Held-out metrics by name.
    season
        What baselines follow through the year.
    learn, own
        What was asked of the segments, and the retailer's own.
    """
    missed = but_for_mechanics(str(accuracy["misses"]))
    return (
        *(
            too_little_shown(seen.features.baskets, segments.label, segments.ids, spec.min_baskets)
            if own is None
            else own_notes(own, segments, learn.count)
        ),
        ON_A_PRODUCT,
        *(_observed(seen) if seen.offers is None else _declared(events, closed=seen.offers.closed)),
        season,
        NO_COSTS,
        *((f"On weeks that training did not see: {missed}.",) if missed not in ("", "none") else ()),
        *less_than_nothing(spec.experiments),
        *settled_note(events.cleaning.left_out, net=spec.returns == "net"),
        *(fewer_segments(learn.count, segments.ids, learn.min_size) if own is None else ()),
    )


def less_than_nothing(tests: Sequence[LiftTest]) -> tuple[str, ...]:
    """Say which lift tests are of less than nobody, and what becomes of them."""
    names = [test.title for test in tests if test.lift < LEAST_LIFT]
    if not names:
        return ()
    many = "Lift test" if len(names) == 1 else f"{len(names):,} lift tests"
    return (
        f"{many} of experiments below -100% ({first_few(names, joint='; ')}): nobody buys less than nothing. Chance in "
        "few customers measures that, or a slip; counted as -100%, with the error given.",
    )


def _observed(seen: Described) -> tuple[str, ...]:
    """Say what lifts are of shelf deals, displays, mailers and mailed coupons, where no past offers are declared."""
    told = (
        "Lifts are observed, not randomised: shelf deals, displays and mailers were chosen by the retailer.",
        coupon_note(len(seen.coupons.rows)),
        "A flash sale is taken to lift as a price discount of the same depth.",
    )
    if not seen.coupons.closed:
        return told
    return (*told, "Mailed coupons were hardly used on goods whose shelf price was cut: use is that on others.")


def _declared(events: Events, *, closed: int) -> tuple[str, ...]:
    """Say what lifts are of the declared past offers, some of them closed to goods whose price was cut anyway."""
    ran = len({name for name in events.offers["offer"] if name in events.past_offers})
    which = f"the {ran} declared past offers" if ran != 1 else "the one declared past offer"
    told = (
        f"Lifts are observed: they compare places, times and customers with and without {which}; where "
        "and for whom is the retailer's choice.",
        "Mechanics share one response to the saving; what each does beyond it is shrunk towards that.",
    )
    if not closed:
        return told
    return (
        *told,
        "On goods whose shelf price was cut anyway, targeted offers were hardly used or took the cut's place: what was "
        "bought there counts neither for nor against them.",
    )


def coupon_note(purchases: int) -> str:
    """Say where the use of coupons is known from: so many purchases under mailed ones, or an assumption."""
    users = "users are taken to respond to the coupon's depth as the shelf response says."
    if not purchases:
        return f"No purchase was made under a mailed coupon: how many use one is assumed, not learned; {users}"
    return (
        "Coupon effects are confounded, because mailings follow spend: use is learned from "
        f"{purchases:,} purchases under mailed coupons, and {users}"
    )


def fewer_segments(asked: int | None, ids: tuple[str, ...], least: int) -> tuple[str, ...]:
    """Say that fewer segments were learned than were asked for."""
    count = len([one for one in ids if one != REST])
    if asked is None or count >= asked:
        return ()
    return (
        f"{asked} segments were asked for and {count} learned: a smaller one than {least} customers is dissolved "
        "(min_segment_size, and min_size of the scenario).",
    )
