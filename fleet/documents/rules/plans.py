"""Every document. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fleet.documents.rules.impact_assessment import IMPACT_ASSESSMENT
from fleet.documents.rules.plan import DocumentKind, DocumentPlan
from fleet.documents.rules.privacy_notice import PRIVACY_NOTICE
from fleet.documents.rules.processing_record import PROCESSING_RECORD

PLANS: Mapping[DocumentKind, DocumentPlan] = MappingProxyType(
    {each.kind: each for each in (PRIVACY_NOTICE, IMPACT_ASSESSMENT, PROCESSING_RECORD)}
)
