"""The sections of the settings, in order. A new section is a line here."""

from collections.abc import Callable
from dataclasses import dataclass

from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.settings.appearance import AppearanceSection
from digmed_desktop.ui.pages.settings.audit import AuditSection
from digmed_desktop.ui.pages.settings.backup import BackupSection
from digmed_desktop.ui.pages.settings.connection import ConnectionSection
from digmed_desktop.ui.pages.settings.counter import CounterSection
from digmed_desktop.ui.pages.settings.data_files import DataFilesSection
from digmed_desktop.ui.pages.settings.deadlines import DeadlinesSection
from digmed_desktop.ui.pages.settings.medicines import MedicinesSection
from digmed_desktop.ui.pages.settings.messages import MessagesSection
from digmed_desktop.ui.pages.settings.patient_file import PatientFileSection
from digmed_desktop.ui.pages.settings.pharmacy import PharmacySection
from digmed_desktop.ui.pages.settings.practices import PracticesSection
from digmed_desktop.ui.pages.settings.retention import RetentionSection
from digmed_desktop.ui.pages.settings.scanner import ScannerSection


@dataclass(frozen=True, slots=True)
class Section:
    """One section: a page that is made when it is first looked at."""

    key: str
    title: str
    make: Callable[[Context], Page]
    help_topic: str = "settings"


SECTIONS: tuple[Section, ...] = (
    Section("pharmacy", "Pharmacy", PharmacySection),
    Section("messages", "Messages", MessagesSection),
    Section("connection", "Connection", ConnectionSection, "connection"),
    Section("counter", "Counter", CounterSection),
    Section("deadlines", "Deadlines", DeadlinesSection),
    Section("scanner", "Scanner", ScannerSection, "scanner"),
    Section("practices", "Practices", PracticesSection, "practices"),
    Section("appearance", "Appearance", AppearanceSection),
    Section("medicines", "Medicines", MedicinesSection, "supply"),
    Section("data-files", "Data files", DataFilesSection),
    Section("audit", "Audit", AuditSection, "audit"),
    Section("retention", "Retention", RetentionSection, "retention"),
    Section("patient-file", "Patient's data", PatientFileSection, "patient-file"),
    Section("backup", "Backup", BackupSection, "backup"),
)
