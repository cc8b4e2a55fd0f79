"""Companies and the contacts that belong to them."""

from dealt.companies.fields import FIELDS, SERVED
from dealt.companies.finding import (
    MOST_EMPLOYEES,
    companies_question,
    companies_with_custom_id,
    companies_with_tag,
    employees_of,
    find_company_id,
    find_company_ids,
    list_companies,
    list_member_ids,
    names_of_companies,
    read_company,
)
from dealt.companies.members import add_member, list_members, remove_member
from dealt.companies.model import Company, CompanyIds, CompanyRef, company_of
from dealt.companies.schemas import FIELD_NAMES, CompanyPatch, parse_company
from dealt.companies.upserting import UpsertedCompanies, upsert_companies, upsert_company
from dealt.companies.writing import (
    RELINK,
    UNLINK,
    WrittenCompany,
    create_company,
    delete_company,
    restore_company,
    update_company,
)

__all__ = [
    "FIELDS",
    "FIELD_NAMES",
    "MOST_EMPLOYEES",
    "RELINK",
    "SERVED",
    "UNLINK",
    "Company",
    "CompanyIds",
    "CompanyPatch",
    "CompanyRef",
    "UpsertedCompanies",
    "WrittenCompany",
    "add_member",
    "companies_question",
    "companies_with_custom_id",
    "companies_with_tag",
    "company_of",
    "create_company",
    "delete_company",
    "employees_of",
    "find_company_id",
    "find_company_ids",
    "list_companies",
    "list_member_ids",
    "list_members",
    "names_of_companies",
    "parse_company",
    "read_company",
    "remove_member",
    "restore_company",
    "update_company",
    "upsert_companies",
    "upsert_company",
]
