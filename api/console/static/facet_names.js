/** The facets that the service counts by, as `mappings/data/facets.json` has them, and what they are called here. */

/** @typedef {{name: string, label: string, parameter: string, closed: boolean}} FacetName */

/** @type {readonly FacetName[]} */
export const FACETS = [
  { name: "seniority", label: "Seniority", parameter: "personSeniorities[]", closed: true },
  { name: "departments", label: "Departments", parameter: "personDepartmentOrSubdepartments[]", closed: true },
  { name: "email_status", label: "E-mail status", parameter: "contactEmailStatusV2[]", closed: true },
  { name: "person_country", label: "Country", parameter: "personLocations[]", closed: true },
  { name: "industries", label: "Industry", parameter: "organizationIndustryTagIds[]", closed: true },
  { name: "employees", label: "Employees", parameter: "organizationNumEmployeesRanges[]", closed: true },
  { name: "annual_revenue", label: "Annual revenue", parameter: "organizationRevenueRanges[]", closed: true },
  { name: "funding_stage", label: "Funding stage", parameter: "organizationLatestFundingStageCd[]", closed: true },
  { name: "company_country", label: "Company’s country", parameter: "organizationLocations[]", closed: true },
  { name: "title", label: "Job title", parameter: "personTitles[]", closed: false },
  { name: "company", label: "Company", parameter: "qOrganizationName", closed: false },
  { name: "person_state", label: "State", parameter: "personLocations[]", closed: false },
  { name: "person_city", label: "City", parameter: "personLocations[]", closed: false },
  { name: "company_state", label: "Company’s state", parameter: "organizationLocations[]", closed: false },
  { name: "company_city", label: "Company’s city", parameter: "organizationLocations[]", closed: false },
  { name: "technologies", label: "Technologies", parameter: "currentlyUsingAnyOfTechnologyUids[]", closed: false },
  { name: "keywords", label: "Keywords", parameter: "qOrganizationKeywordTags[]", closed: false },
  { name: "created_month", label: "Month created", parameter: "", closed: false },
];

/** The facets whose values a parameter takes. @param {string} parameter */
export const facetsOf = (parameter) => FACETS.filter((facet) => facet.parameter === parameter).map(({ name }) => name);
