"""Exports as vendors write them: a header of each, a made-up row, and the contact that it is."""

import csv
import io
from typing import Any

import pytest

from indexing.items import contact_reader
from indexing.sources.columns import map_columns
from search.fields import ALL_FIELDS

EXPORTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "apollo": (
        "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Email Status,Primary Email Source,"
        "Email Confidence,Seniority,Departments,Sub Departments,Contact Owner,Work Direct Phone,Corporate Phone,Stage,"
        "Lists,Last Contacted,Account Owner,# Employees,Industry,Person Linkedin Url,Website,City,State,Country,"
        "Company Address,Company Country,Do Not Call,SEO Description,Short Description,SIC Codes,NAICS Codes,"
        "Annual Revenue,Subsidiary of,Number of Retail Locations,Founded Year,Apollo Contact Id,Apollo Account Id,"
        "Secondary Email,Tertiary Email,Primary Email Catch-all Status",
        'Ann,Alpha,CEO,Acme One,Acme,ann@one.example,Verified,Apollo,,C suite,"Legal, Sales",Compliance,me@us.example,'
        "'+1 555 0100,+1 555 0101,Cold,\"VIP, 2024\",2024-03-01T10:00:00Z,you@us.example,42,computer software,"
        'http://www.linkedin.com/in/ann,http://one.example,Austin,Texas,United States,"1 Main St, Austin",Germany,true,'
        'All about us,We make things,"7372, 0111",541511,1500000,Big Co,3,2012,64f0,65a1,a2@one.example,,Catch-all',
        {
            "company": "Acme One", "sub_departments": ("Compliance",), "contact_owner": "me@us.example",
            "work_direct_phone": "+1 555 0100", "lists": ("VIP", "2024"), "last_contacted_at": "2024-03-01T10:00:00",
            "do_not_call": True, "company_description": "We make things", "sic_codes": ("7372", "0111"),
            "naics_codes": ("541511",), "founded_year": 2012, "foreign_ids": {"apollo": "64f0"},
            "secondary_email": "a2@one.example", "primary_email_catch_all_status": "Catch-all",
            "custom": {
                "Primary Email Source": "Apollo", "Subsidiary of": "Big Co", "Number of Retail Locations": "3",
                "Apollo Account Id": "65a1", "SEO Description": "All about us",
            },
        },
    ),
    "apify": (
        "id,first_name,last_name,name,linkedin_url,title,email,email_status,city,state,country,departments/0,"
        "departments/1,seniority,organization/name,organization/website_url,organization/estimated_num_employees,"
        "organization/industry,organization/sic_codes/0,organization/id,phone_numbers/0/sanitized_number,"
        "employment_history/0/title,employment_history/1/title,organization_phone",
        "5f1,Ann,Alpha,Ann Alpha,http://www.linkedin.com/in/ann,,ann@one.example,verified,Austin,Texas,United States,"
        "legal,sales,c_suite,Acme One,http://one.example,42,software,7372,9a9,+15550100,CEO,Clerk,+15550199",
        {
            "title": "CEO", "departments": ("legal", "sales"), "company": "Acme One", "employees": 42,
            "website": "http://one.example", "sic_codes": ("7372",), "work_direct_phone": "+15550100",
            "company_phone": "+15550199", "foreign_ids": {"apollo": "5f1"},
            "custom": {"organization/id": "9a9", "employment_history/1/title": "Clerk"},
        },
    ),
    "linkedin": (
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
        "Ann,Alpha,https://www.linkedin.com/in/ann,,Acme One,CEO,15 Mar 2024",
        {"person_linkedin_url": "https://www.linkedin.com/in/ann", "title": "CEO",
         "custom": {"Connected On": "15 Mar 2024"}},
    ),
    "phantombuster": (
        "profileUrl,fullName,firstName,lastName,companyName,title,companyId,companyUrl,regularCompanyUrl,summary,"
        "industry,companyLocation,location,vmid,linkedInProfileUrl,name,defaultProfileUrl",
        'https://www.linkedin.com/sales/lead/ACw1,Ann Alpha,Ann,Alpha,Acme One,CEO,1,'
        'https://www.linkedin.com/sales/company/1,'
        'https://www.linkedin.com/company/1,Hi,Software,"Berlin, Germany","Austin, Texas, United States",ACw1,,'
        "Ann Alpha,https://www.linkedin.com/in/ann",
        {
            "person_linkedin_url": "https://www.linkedin.com/in/ann", "company_city": "Berlin", "state": "Texas",
            "company_linkedin_url": "https://www.linkedin.com/company/1", "foreign_ids": {"sales_navigator": "ACw1"},
        },
    ),
    "evaboot": (
        "First Name,Last Name,Current Job,Email,Email Status,Company Name,Company Domain,Company Employee Range,"
        "LinkedIn URL Unique ID,LinkedIn URL Public,Location,LinkedIn Company URL,Matches Filters",
        'Ann,Alpha,CEO,ann@one.example,safe,Acme One,one.example,51-200,https://www.linkedin.com/in/ACo1,'
        'https://www.linkedin.com/in/ann,"Paris, Île-de-France, France",https://www.linkedin.com/company/1,YES',
        {"title": "CEO", "employees": 51, "website": "one.example", "city": "Paris", "country": "France",
         "person_linkedin_url": "https://www.linkedin.com/in/ann"},
    ),
    "hubspot": (
        "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Lifecycle Stage,"
        "Lead Status,"
        "Job Title,Company Name,Associated Company,Number of Employees,City,State/Region,Country/Region,Website URL,"
        "Create Date,Last Activity Date,Associated Company IDs",
        "1701,Ann,Alpha,ann@one.example,+1 1,+1 2,Bob Owner,Lead,New,CEO,Acme One,Acme One,42,Austin,TX,United States,"
        "one.example,2024-03-15 10:30,2024-04-01 09:00,99",
        {"foreign_ids": {"hubspot": "1701"}, "work_direct_phone": "+1 1", "mobile_phone": "+1 2", "stage": "Lead",
         "contact_owner": "Bob Owner", "state": "TX", "created_at": "2024-03-15T10:30:00",
         "custom": {"Lead Status": "New", "Associated Company IDs": "99"}},
    ),
    "salesforce": (
        "Contact ID,First Name,Last Name,Title,Account Name,Email,Phone,Mobile,Mailing City,Mailing State/Province,"
        "Mailing Country,Contact Owner,Account Owner,Do Not Call,Last Activity,Lead Source",
        "0035,Ann,Alpha,CEO,Acme One,ann@one.example,+1 1,+1 2,Austin,TX,USA,Bob,Cleo,0,3/15/2024,Web",
        {"foreign_ids": {"salesforce": "0035"}, "company": "Acme One", "city": "Austin", "country": "USA",
         "do_not_call": False, "last_contacted_at": "2024-03-15T00:00:00", "custom": {"Lead Source": "Web"}},
    ),
    "zoominfo": (
        "ZoomInfo Contact ID,Last Name,First Name,Job Title,Management Level,Job Function,Direct Phone Number,"
        "Email Address,Mobile phone,LinkedIn Contact Profile URL,Person City,Country,ZoomInfo Company ID,Company Name,"
        "Website,Founded Year,Company HQ Phone,Revenue (in 000s USD),Revenue Range (in USD),Employees,Employee Range,"
        "SIC Code 1,SIC Codes,Primary Industry,LinkedIn Company Profile URL,Total Funding Amount (in 000s USD),"
        "Recent Funding Date,Company Street Address,Company City",
        '7,Alpha,Ann,CEO,C-Level,Legal,+1 1,ann@one.example,+1 2,https://www.linkedin.com/in/ann,Austin,'
        'United States,8,'
        'Acme One,one.example,2012,+1 3,"12,345",$10 mil. - $25 mil.,42,20 - 50,7372,"737,7372",Software,'
        "https://www.linkedin.com/company/1,500,10/1/2023,1 Main St,Berlin",
        {"foreign_ids": {"zoominfo": "7"}, "seniority": "C-Level", "departments": ("Legal",),
         "annual_revenue": 12_345_000,
         "employees": 42, "total_funding": 500_000, "sic_codes": ("737", "7372"), "company_phone": "+1 3",
         "last_raised_at": "2023-10-01T00:00:00", "city": "Austin", "company_city": "Berlin"},
    ),
    "lusha": (
        "First name,Last name,Job title,Work email,Personal email,Phone 1,Phone 2,Linkedin URL,Company name,"
        "Company website,Company size,Company revenue,Company founded,Lusha Person ID,City",
        "Ann,Alpha,CEO,ann@one.example,ann@home.example,+1 1,+1 2,https://www.linkedin.com/in/ann,Acme One,one.example,"
        "51 - 200,$10M - $50M,2012,77,Austin",
        {"email": "ann@one.example", "secondary_email": "ann@home.example", "work_direct_phone": "+1 1",
         "other_phone": "+1 2", "employees": 51, "annual_revenue": 10_000_000, "founded_year": 2012,
         "foreign_ids": {"lusha": "77"}},
    ),
    "cognism": (
        "First Name,Last Name,Job Title,Email,Office Phone,Mobile Phone,Direct,City,Country,Company Name,Website,"
        "Headcount,Industry,Cognism ID,HQ",
        "Ann,Alpha,CEO,ann@one.example,+44 1,+44 2,+44 3,London,United Kingdom,Acme One,one.example,42,Software,"
        "c1,+44 9",
        {"work_direct_phone": "+44 3", "mobile_phone": "+44 2", "company_phone": "+44 9", "employees": 42,
         "foreign_ids": {"cognism": "c1"}, "custom": {"Office Phone": "+44 1"}},
    ),
    "rocketreach": (
        "Input - Full Name,First Name,Last Name,Title,Employer,Employer Domain,Location,Recommended Email,"
        "Recommended Personal Email,LinkedIn,Employer LinkedIn,Mobile Phone",
        'Ann Alpha,Ann,Alpha,CEO,Acme One,one.example,"Austin, TX",ann@one.example,ann@home.example,'
        "https://www.linkedin.com/in/ann,https://www.linkedin.com/company/1,+1 2",
        {"company": "Acme One", "website": "one.example", "city": "Austin", "state": "TX", "email": "ann@one.example",
         "secondary_email": "ann@home.example", "company_linkedin_url": "https://www.linkedin.com/company/1"},
    ),
    "hunter": (
        "Email address,First name,Last name,Position,Company,Website,LinkedIn URL,Phone number,Confidence score,"
        "Verification status,Company size,Country code",
        "ann@one.example,Ann,Alpha,CEO,Acme One,one.example,https://www.linkedin.com/in/ann,+1 1,97,valid,11-50,US",
        {"title": "CEO", "email_status": "valid", "employees": 11, "country": "US",
         "custom": {"Confidence score": "97"}},
    ),
    "outlook": (
        "Title,First Name,Middle Name,Last Name,Company,Department,Job Title,Business Street,Business City,"
        "Business Country/Region,Home City,Business Phone,Mobile Phone,E-mail Address,E-mail 2 Address,Web Page",
        "Ms.,Ann,,Alpha,Acme One,Legal,CEO,1 Main St,Austin,USA,Berlin,+1 1,+1 2,ann@one.example,a2@one.example,"
        "one.example",
        {"title": "CEO", "company_address": "1 Main St", "company_city": "Austin", "city": "Berlin",
         "secondary_email": "a2@one.example", "custom": {"Title": "Ms."}},
    ),
    "google": (
        "Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Value,"
        "Phone 1 - Value,Organization 1 - Name,Organization 1 - Title,Address 1 - City,Address 1 - Country,"
        "Website 1 - Value",
        "Ann Alpha,Ann,Alpha,VIP ::: * myContacts,* Work,ann@one.example,a2@one.example,+1 1 ::: +1 2,Acme One,"
        "CEO,Austin,US,"
        "one.example",
        {"title": "CEO", "company": "Acme One", "secondary_email": "a2@one.example", "work_direct_phone": "+1 1",
         "lists": ("VIP", "* myContacts"), "city": "Austin"},
    ),
    "german": (
        "Anrede;Vorname;Nachname;Position;Firma;E-Mail;Telefon;Mobil;Straße;PLZ;Ort;Land;Mitarbeiter;"
        "Umsatz (TEUR);Branche",
        "Frau;Ann;Alpha;Geschäftsführerin;Acme One;ann@one.example;+49 1;+49 2;Hauptstr. 1;10115;Berlin;"
        "Deutschland;1.250;1.500;Software",
        {"title": "Geschäftsführerin", "company": "Acme One", "city": "Berlin", "employees": 1250,
         "annual_revenue": 1_500_000, "custom": {"Anrede": "Frau", "PLZ": "10115"}},
    ),
    "french": (
        "Nom;Prénom;Poste;Société;Courriel;Téléphone;Ville;Pays;Secteur;Effectif;Service",
        "Alpha;Ann;PDG;Acme One;ann@one.example;+33 1;Paris;France;Logiciels;51 à 200;Juridique",
        {"title": "PDG", "company": "Acme One", "city": "Paris", "industry": "Logiciels", "employees": 51,
         "departments": ("Juridique",)},
    ),
    "spanish": (
        "Nombre;Apellidos;Cargo;Empresa;Correo electrónico;Móvil;Ciudad;País;Sector;Número de empleados",
        "Ann;Alpha;Directora;Acme One;ann@one.example;+34 1;Madrid;España;Software;1.250",
        {"title": "Directora", "company": "Acme One", "mobile_phone": "+34 1", "city": "Madrid", "employees": 1250},
    ),
}  # fmt: skip


@pytest.mark.parametrize("vendor", EXPORTS)
def test_an_export_as_its_vendor_writes_it(vendor: str) -> None:
    header, row, expected = EXPORTS[vendor]
    headers, cells = csv.reader(io.StringIO(f"{header}\n{row}\n"), delimiter=";" if ";" in header else ",")
    mapping = map_columns(headers)
    found = contact_reader(mapping)(cells)
    assert mapping.vendor == vendor
    assert found.repairs == ()
    assert (found.contact.first_name, found.contact.last_name) == ("Ann", "Alpha")
    values = {field: getattr(found.contact, field) for field in ALL_FIELDS}
    assert {field: values[field] for field in expected} == expected
