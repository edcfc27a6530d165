"""What people of the demonstration write beside their acts."""

from domain.approvals.request import Choice

ASSENT = (
    "Size checked against the ledger.",
    "Agreed as presented.",
    "Fine with me; please keep the ramp-up realistic.",
    "Discussed in the meeting, no objection.",
    "Approved. Show the first invoice when it is there.",
    "Dependencies are under control.",
    "Plan is plausible, timing is tight.",
)
DISSENT = {
    Choice.RETURN: (
        "The ramp-up starts before the contract can be signed. Please plan it a month later.",
        "Baseline contains a one-time rebate. Take it out and ask again.",
        "Who owns the second milestone? Name somebody and send it back.",
    ),
    Choice.REJECT: (
        "Overlaps with the tender that is already running; come back when it is clear who counts what.",
        "The effect is not visible in any account we report. Show where it would land.",
        "Not before the works council has been heard.",
    ),
}
TURNS = {
    "hold": (
        ("capacity", "The team is tied up in the peak season until the end of the quarter."),
        ("supplier", "The supplier cannot sign before its own board has met."),
        ("decision", "Waits for the decision on the site."),
    ),
    "resume": (
        ("capacity", "The peak is over and the team is back."),
        ("supplier", "The supplier has signed."),
    ),
    "cancel": (
        ("no-value", "The pilot shows less than a tenth of the effect we planned."),
        ("cost", "Two offers came in far above the budget; it no longer pays back."),
        ("duplicate", "The effect is counted in another measure since the scopes were cut anew."),
        ("strategy", "The range is given up next year, so nothing would be left to save."),
    ),
}
OVERRIDES = {
    "amber": "The forecast is formally on plan, but the supplier has announced new prices.",
    "red": "Known risk not yet in the figures: the second site will not make the date.",
    "green": "Recovery plan agreed with the sponsor; two of three late steps are done.",
}
ASSUMPTIONS = (
    "Volumes stay within 5 % of last year. Prices as contracted, no indexation before next summer.",
    "Headcount plan unchanged; the effect counts only once the budget is taken out.",
    "Full effect after two months of ramp-up. No change in customer terms.",
    "Peak weeks are left out of the trial and come in afterwards.",
    "Calculated on the product mix of the last twelve months.",
)
RISKS = (
    "Supplier asks for a volume guarantee; we cap it at 60 %.",
    "Key people are also needed for the system change in spring.",
    "Service level may suffer in the first weeks; daily review agreed.",
    "Savings could be eaten by price increases; index clause in negotiation.",
    "Works council has to agree to the new shift pattern.",
)
DEPENDENCIES = (
    "Needs the new item master, which the data team delivers.",
    "Starts after the tender for freight is decided.",
    "Shares people with the warehouse programme.",
)
SOURCES = (
    "General ledger, last twelve months, accounts as listed in the line",
    "Invoices of the last four quarters, matched to orders",
    "Controlling report, average of the last twelve months",
    "Time recording and payroll of the last year",
)
PROOFS = ("Signed minutes", "Contract, signed copy", "Screenshot and log", "Acceptance record", "Training list")
