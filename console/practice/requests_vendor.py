"""Answers of the practice OBS's own vendor: how the rehearsal tells it to misbehave. Pure."""

from console.practice.misbehaviour import REQUEST, VENDOR, misbehaviour
from console.practice.model import Studio
from console.practice.registry import Data, answers
from console.practice.wire import Fields, Refused, Status


@answers
def call_vendor_request(studio: Studio, fields: Fields) -> Data:
    """Note an order to misbehave; it is answered first and obeyed right after. Any other vendor is unknown."""
    vendor, type = fields.text("vendorName"), fields.text("requestType")
    data = fields.table("requestData") if fields.has("requestData") else {}
    if vendor != VENDOR:
        raise Refused(Status.NOT_FOUND, "No vendor was found by that name.")
    if type != REQUEST:
        raise Refused(Status.NOT_FOUND, "No request was found by that name.")
    studio.orders.append(misbehaviour(Fields(data)))
    return {"vendorName": vendor, "requestType": type, "responseData": {}}
