"""What a show means to do, as `run.started` carries it: the report is made from the journal alone. Pure."""

from console.settings.show import Show
from console.show.costs import Rates


def plan_of(show: Show) -> dict[str, object]:
    """The fields `drops` and `cameras`, and `rates` where the show has any."""
    drops = [
        {
            "drop": drop.id,
            "title": drop.title,
            "price_minor": drop.price.minor,
            "currency": drop.price.currency,
            "stock": drop.pieces_in_all,
        }
        for drop in show.drops
    ]
    cameras = [{"camera": camera.name, "scene": camera.scene} for camera in show.cameras if camera.scene]
    rates = show.shop.fulfilment
    return {"drops": drops, "cameras": cameras, **({"rates": Rates.of(rates).as_fields()} if rates else {})}
