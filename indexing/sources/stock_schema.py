"""The query for the stock schema: contacts and companies, each with its metadata beside it.

Every contact is in it, also one without metadata or company. A contact changes when its company does.
"""

STOCK_QUERY = """\
SELECT
    contact.uuid,
    contact.first_name,
    contact.last_name,
    contact.title,
    company.name AS company,
    company_more.company_name_for_emails,
    contact.email,
    contact.email_status,
    contact.seniority,
    contact.departments,
    contact_more.work_direct_phone,
    contact_more.home_phone,
    contact.mobile_phone,
    company_more.phone_number AS corporate_phone,
    contact_more.other_phone,
    contact_more.stage,
    company.employees_count AS employees,
    company.industries AS industry,
    company.keywords,
    contact_more.linkedin_url AS person_linkedin_url,
    company_more.website,
    company_more.linkedin_url AS company_linkedin_url,
    coalesce(company_more.facebook_url, contact_more.facebook_url) AS facebook_url,
    coalesce(company_more.twitter_url, contact_more.twitter_url) AS twitter_url,
    contact_more.city,
    contact_more.state,
    contact_more.country,
    company.address AS company_address,
    company_more.city AS company_city,
    company_more.state AS company_state,
    company_more.country AS company_country,
    company_more.phone_number AS company_phone,
    company.technologies,
    company.annual_revenue,
    company.total_funding,
    company_more.latest_funding,
    company_more.latest_funding_amount,
    company_more.last_raised_at,
    contact.created_at,
    contact.updated_at,
    greatest(contact.updated_at, company.updated_at) AS changed_at
FROM contacts AS contact
LEFT JOIN contacts_metadata AS contact_more ON contact_more.uuid = contact.uuid
LEFT JOIN companies AS company ON company.uuid = contact.company_id
LEFT JOIN companies_metadata AS company_more ON company_more.uuid = company.uuid"""
