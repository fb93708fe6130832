"""The fund and its ledger as they come in and go out."""

from marshmallow import Schema, fields, validate

from chassis.database import PageQuery
from chassis.fields import Instant, Money, Words
from services.referrals.domain.fund import Kind
from services.referrals.schemas.shapes import POUNDS

# Moves made by hand, by the word that asks for each. Earmarks are made by accepting a referral, never by hand.
MOVES = {"commit": Kind.COMMITMENT, "spend": Kind.SPEND, "release": Kind.RELEASE}


class NewFundEntry(Schema):
    """Pounds to be moved for one referral."""

    kind = fields.String(
        required=True, validate=validate.OneOf([*MOVES]), metadata={"description": "commit, spend or release."}
    )
    referral = fields.String(
        required=True, validate=validate.Length(1, 20), metadata={"description": "The referral whose pounds they are."}
    )
    amount = Money(required=True, validate=POUNDS, metadata={"description": "How many pounds."})
    note = Words(2_000, load_default="", metadata={"description": "What for: the supplier, the invoice. No names."})


class FundEntryFilter(PageQuery):
    """Which entries of the ledger to list."""

    referral = fields.String(validate=validate.Length(1, 20), metadata={"description": "Only those of this referral."})
    kind = fields.String(validate=validate.OneOf([*Kind]), metadata={"description": "Only moves of this kind."})


class FundEntry(Schema):
    """One move of the ledger."""

    id = fields.UUID(metadata={"description": "Its id."})
    sequence = fields.Integer(metadata={"description": "Its place in the ledger; there are no gaps."})
    kind = fields.String(metadata={"description": "earmark, commitment, spend or release."})
    referral = fields.String(metadata={"description": "The referral whose pounds were moved."})
    amount = Money(metadata={"description": "How many pounds."})
    note = fields.String(metadata={"description": "What for."})
    made_at = Instant(metadata={"description": "When."})
    made_by = fields.String(metadata={"description": "The account of who made it."})


class Fund(Schema):
    """The balances of the fund, in pounds. The four of them always sum to the total."""

    total = Money(metadata={"description": "All there is."})
    available = Money(metadata={"description": "Not yet promised to anybody."})
    earmarked = Money(metadata={"description": "Promised by acceptances and not committed."})
    committed = Money(metadata={"description": "Under contract and not spent."})
    spent = Money(metadata={"description": "Paid."})
    version = fields.Integer(metadata={"description": "How many entries the ledger has."})
