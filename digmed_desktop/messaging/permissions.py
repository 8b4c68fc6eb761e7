"""What a person can be allowed to do, and as what somebody works here. Who may do what: ``resources/people``."""

from enum import StrEnum


class WorkRole(StrEnum):
    """As what somebody works here; the role that a message names is another matter."""

    MANAGER = "manager"
    PHARMACIST = "pharmacist"
    LOCUM = "locum"
    TECHNICIAN = "technician"
    NURSE = "nurse"
    TRAINEE = "trainee"
    ASSISTANT = "assistant"


class Permission(StrEnum):
    """A kind of act that not everybody may do, or that somebody has to answer for."""

    RECORD_VACCINATION = "record-vaccination"
    FINISH_SUPPLY = "finish-supply"
    RECORD_REFUSED = "record-refused"
    KEEP_DRAFTS = "keep-drafts"
    FOLLOW_UP = "follow-up"
    CLOSE = "close"
    CORRECT = "correct"
    CORRECT_UNSIGNED = "correct-unsigned"
    SIGN = "sign"
    SEND_ON_BEHALF = "send-on-behalf"
    SETTLE_REPLIES = "settle-replies"
    RESUME_SENDING = "resume-sending"
    SEE_RECORDS = "see-records"
    PRINT_RECORDS = "print-records"
    PRINT_LISTS = "print-lists"
    EXPORT_LIST = "export-list"
    SAVE_RECORD = "save-record"
    AMEND_REGISTER = "amend-register"
    KEEP_STOCK = "keep-stock"
    ENTER_PGDS = "enter-pgds"
    SWITCH_PGDS = "switch-pgds"
    CHANGE_PEOPLE = "change-people"
    END_WAIT = "end-wait"
    CHANGE_PHARMACY = "change-pharmacy"
    CHANGE_CONNECTION = "change-connection"
    CHANGE_MESSAGES = "change-messages"
    CHANGE_SETTINGS = "change-settings"
    CHANGE_SCANNER = "change-scanner"
    IMPORT_LISTS = "import-lists"
    MAKE_BACKUP = "make-backup"
    SHOW_PHRASE = "show-phrase"
    ERASE = "erase"
    KEEP_RETENTION = "keep-retention"
    SEE_AUDIT = "see-audit"
