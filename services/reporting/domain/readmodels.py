"""The read models: which rows there are, and which of their fields are set together."""

from services.reporting.domain.folding import ReadModel

# An enquiry from its receipt to the end of its case. A field that ends in `_worked` tells the same moment as the
# field beside it, in ticks of working time (see the clock). `paused_worked` are the moments at which the enquirer came
# to owe the next action, or no longer owed it, in turn: three numbers each, as those of a referral.
JOURNEYS = ReadModel(
    "journeys",
    key=("enquiry",),
    latest={
        "profile": (
            "received_at",
            "received_on",
            "received_worked",
            "channel",
            "enquirer_kind",
            "parent_body_kind",
            "region",
            "service_sector",
            "matters",
            "portal",
            "enquiry_stage",
        ),
        "ending": ("ended_as", "ended_at", "ended_worked"),
        "triage": (
            "outcome",
            "scored_outcome",
            "score_low",
            "score_high",
            "criteria_version",
            "triaged_at",
            "division",
        ),
        "opening": ("case_reference", "case_opened_at"),
        "standing": ("case_status", "case_outcome", "case_closed_at"),
        "progress": ("case_stage", "requires_action_by", "on_hold"),
        "pauses": ("paused_worked",),
    },
    earliest=(
        "first_triaged_at",
        "first_triaged_worked",
        "first_reply_at",
        "first_reply_worked",
        "first_referred_at",
        "first_accepted_at",
    ),
)

# When a team's own progress was first seen at each stage.
STAGES = ReadModel("stages_reached", key=("enquiry", "stage"), latest={}, earliest=("reached_at",))

# A case may be referred again after a rejection or a withdrawal, so an enquiry can have several. Its moments are told
# in the ticks of each division: which one is the case's may be heard later.
REFERRALS = ReadModel(
    "referrals",
    key=("enquiry", "referral"),
    latest={
        "sending": (
            "case_reference",
            "amount_asked",
            "support_needed",
            "outcome",
            "score_low",
            "score_high",
            "criteria_version",
            "spin_out_stage",
            "sent_at",
            "sent_on",
            "sent_worked",
        ),
        "standing": ("status",),
        "decision": ("decision", "reason_code", "amount_accepted", "decided_at", "decided_worked"),
        "conclusion": ("concluded_as", "amount_released"),
    },
    earliest=("acknowledged_at", "acknowledged_worked", "withdrawn_at", "withdrawn_worked"),
)

EVIDENCE = ReadModel(
    "evidence",
    key=("enquiry", "evidence"),
    latest={
        "item": (
            "case_reference",
            "kind",
            "category",
            "grade",
            "spin_out_stage",
            "service_sector",
            "region",
            "observed_on",
        )
    },
)

READ_MODELS = (JOURNEYS, STAGES, REFERRALS, EVIDENCE)
