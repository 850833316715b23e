"""Every sentence that pages say of cameras, hand-outs and officers, in one list.

Each is a claim, and somebody acts on it. So each has a test that feeds it the state in which it would be
false (``tests/unit/fleet/web/test_claims.py``), and views say nothing of cameras but by ``say``: a sentence
that is not in this list, or one without such a test, fails the tests (F8).
"""

from __future__ import annotations

from enum import StrEnum

from fleet.web.views.bidi import isolated


class Claim(StrEnum):
    """A sentence, or a part of one, with its gaps in braces."""

    # Coverage: the strip of Today
    NO_CAMERAS = "No cameras in service."
    ALL_IN = "All cameras are in."
    ALL_COVERED = "Everyone is covered."
    NOT_COVERED = "{names} {verb} not covered."
    MAY_NOT_BE_COVERED = "{names} may not be covered."
    COVER_NOT_KNOWN = "Whether {names} {verb} covered is not known."
    LAPSED = "Nothing new has come. Whether anybody is covered, and whether anybody records, is not known."
    BEFORE_NOT_KNOWN = "How much from before a press of {names} is kept is not known."
    FROM_NOTHING = "A press of {names} is kept from the press on, with nothing before it."
    IS_RECORDING = "{who} is recording"
    CAMERA_RECORDS = "{camera} is recording"
    ONE_OF_TWO_RECORDS = "One of the devices with the identity of {camera} is recording"
    WITH_NOW = "with {officer} now"
    WITH_NOBODY_NOW = "nobody has it now"
    RECORDING_IS = "the recording is {officer}'s"
    SINCE = "since {when}"
    FIRST_HEARD = "first heard of {when}"
    HANDED_OUT = "{out} of {cameras} handed out"
    SOME_RECORD = "{number} recording"
    SOME_READY = "{number} ready"
    SOME_UNHEARD = "{number} not heard"

    # A tile, a line of the list of cameras, a camera's page
    HAS_IT = "{officer} has it"
    NOBODY_HAS_IT = "Nobody has it"
    NEVER_HEARD = "Never heard"
    RING_FULL = "Full"
    RING_HOLDS = "{held} of {window}"
    RING_NOT_KNOWN = "not known"
    CHARGE = "{percent} %"
    STORAGE_USED = "{percent} % used"
    RECORDS_NUMBER = "Recording {number}"
    RECORDS_FOR = "Recording {number}, which is {officer}'s"
    SENDS = "Sending recording {number}"
    SENT_SHARE = "{share} % here"
    SENT_LEFT = "{left} left in all"
    TO_SEND = "{recordings} to send"
    NO_RECEIPT = "no receipt for {recordings} yet"
    SAID_LAST = "It said last: {trouble}"
    ONE_OF_TWO = "One of its devices said last: {said}"
    ONE_OF_TWO_OF = "one of the devices of {camera}"
    HAND_OUT_NOT_SAID = "It has not said yet that {officer} has it."
    TAKE_BACK_NOT_SAID = "It has not said yet that nobody has it."
    NOT_KNOWN = "not known"
    NOTHING_WRONG = "nothing found wrong"
    CLOCK_SET = "set"
    CLOCK_NOT_SET = "not set"
    AS_SAID_LAST = "{text}, as it said last"
    AS_ONE_SAID = "{text}, as one of its devices said last"
    SETTINGS_REFUSED = "it could not do what was asked: {reasons}"
    HAD_UNTIL_NOW = "until now"
    IDENTITY_DOUBLED = "used by two devices or more at once, last seen {when}"

    # What needs somebody
    VAULT_SEALED = (
        "The vault is sealed: its key file cannot be used, so no footage can be watched or taken out. "
        "Uploads from cameras do not need it open."
    )
    VAULT_WAITS = (
        "The vault is sealed: no footage can be watched or taken out until {until}. Uploads from cameras "
        "do not need it open."
    )
    VAULT_SEALED_BY_HAND = (
        "{sealer} sealed the vault by hand, {when}: no footage can be watched or taken out until {until}. "
        "Uploads from cameras do not need it open."
    )
    LOW_BATTERY = "{camera} has {percent} % of its battery left."
    FULL_STORAGE = "The storage of {camera} is {percent} % full."
    CERTIFICATE_ENDS = "The certificate of {camera} ends {when}."
    CERTIFICATE_ENDED = "The certificate of {camera} ended {when}."
    CAMERA_CLOCK = "The clock of {camera} is not set."
    DOUBLED_NOW = "Two devices or more are using the identity of {camera}. Recordings of each are told apart."
    DOUBLED = "Two devices or more have used the identity of {camera}, last seen {when}."
    TROUBLE = "{camera}: {trouble}"
    CAPTURES_NOTHING = "{camera} says that it captures nothing of use: {what}, for {length} when it said so."
    LAST_TROUBLE = "{camera} said in its last message{when}: {troubles}"
    NOT_TAKEN_ON = "{camera} could not do what was asked of it: {reasons}"
    NOT_ARRIVED = "{recordings} of {camera} {verb} not arrived."
    NEVER_CONNECTED = "{camera} was handed to {officer}, and nothing has been heard of it yet."
    LAST_MESSAGE = "Last message of {camera}: {when}. {officer} has it."
    REFUSED = "{recording} was refused: {why}"
    ALTERED = "{recording} was altered."
    CUT_SHORT = "The camera said that {recording} was closed, but what is held has no end."
    OF_NO_USE = "Not all of {recording} is of use: {what}."
    CONTRADICTED = "{recording} contradicts others of its camera: {told}"
    LATE = "{recording} is not known to be all here, {length} after {since}."
    LATE_LACKING = "{recording} is not known to be all here, {length} after {since}. {lacking}"
    STILL_MAKES = "Its camera says that it is still making it. Dock it once that is over."
    SENDS_NO_MORE = (
        "Its camera is out of service, so what that still holds does not come here. Enrol it again, or say "
        "on the page of the recording that no more will come."
    )
    MADE_BY_NOBODY = "{recording} was made while nobody had the camera."
    WEARER_NOT_KNOWN = "It is not known who had the camera for {recording}. {note}"
    WEARER_DISPUTED = "Whose {recording} is, is disputed. {note}"

    # Hand-out
    READY_TO_GO = "ready to go"
    FREE_NOT_HEARD = "It is not heard."
    FREE_NEVER_HEARD = "It has never been heard."
    FREE_DOUBLED = "Two devices or more have used its identity."
    FREE_LOCKED = "It is locked."
    FREE_RECORDS = "It says that it is recording."
    FREE_FAULT = "It says that something is wrong."
    FREE_OFF = "It says that it is off."
    FREE_SAYS_NOTHING = "It does not say what it does."
    FREE_LOW = "Its battery is at {percent} %."
    FREE_FULL = "Its storage is {percent} % full."
    HOLDS = "It holds {recordings} that {verb} not safe here yet{known}."
    NOT_SAFE_YET = "{recordings} of it {verb} not safe here yet."
    HOLDS_NOT_KNOWN = "What it still holds is not known: it has not said."
    HOLDS_LAST = " by what was last known"
    BACK_NOT_HEARD = "It is not heard, so whether it records and what it still holds is not known."
    BACK_DOUBLED = (
        "Two devices or more have used its identity, so whether this one records and what it holds is not "
        "known."
    )
    RECORDS_ON = "It says that it is recording. That goes on until it is stopped."
    BACK_RECORDS = "It says that it is recording. That goes on until it is stopped, and stays {officer}'s."
    BEST = "Take {camera}: {why}."
    BEST_CHARGE = "{percent} % of its battery left"
    BEST_ROOM = "{percent} % of its storage used"
    BEST_VERIFIED = "a recording of it verified {when}"
    IS_WITH = "{camera} is with {officer} now."
    IS_BACK = "{camera} is back."
    OFFICER_HAS = "has {camera}"
    OFFICER_HAS_NONE = "no camera"
    OFFICER_RETIRED = "retired {when}"
    NONE_OUT = "Nobody has a camera."
    CHANGED_OUT = "{camera} was handed to {officer}."
    CHANGED_BACK = "{camera} was taken back from {officer}."
    UNDO_UNTIL = "Undo, until {when}"


def say(claim: Claim, **values: object) -> str:
    """Return a sentence with its gaps filled in; a name from right to left moves nothing beside it."""
    shown = {name: isolated(each) if isinstance(each, str) else each for name, each in values.items()}
    return claim.value.format(**shown)
