"""The standard fields of a contact, as filters and screens know them."""

from __future__ import annotations

from dealt.kernel.fields import Field

FIELDS: tuple[Field, ...] = (
    Field("id", "integer", "ID", "id"),
    Field("key", "string", "Cookie key", "key"),
    Field("custom_id", "string", "Own id", "custom_id"),
    Field("email", "string", "E-mail", "email"),
    Field("first_name", "string", "First name", "first_name"),
    Field("last_name", "string", "Last name", "last_name"),
    Field("phone_number", "string", "Phone number", "phone_number"),
    Field("gender", "integer", "Gender", "gender"),
    Field("status", "integer", "Status", "status"),
    Field("score", "integer", "Score", "score"),
    Field("unsubscribed", "boolean", "Unsubscribed", "unsubscribed"),
    Field("notifications", "boolean", "Notifications", "notifications"),
    Field("country", "string", "Country", "country"),
    Field("region", "string", "Region", "region"),
    Field("city", "string", "City", "city"),
    Field("timezone", "string", "Time zone", "timezone"),
    Field("last_ip", "string", "IP address", "last_ip"),
    Field("browser", "string", "Browser", "browser"),
    Field("browser_language", "string", "Browser language", "browser_language"),
    Field("os_type", "string", "Operating system", "os_type"),
    Field("resolution", "string", "Resolution", "resolution"),
    Field("page_views", "integer", "Page views", "page_views"),
    Field("facebook_url", "string", "Facebook", "facebook_url"),
    Field("linkedin_url", "string", "LinkedIn", "linkedin_url"),
    Field("twitter_url", "string", "Twitter", "twitter_url"),
    Field("google_url", "string", "Google", "google_url"),
    Field("gravatar_url", "string", "Gravatar", "gravatar_url"),
    Field("assigned_to", "integer", "Assigned to", "assigned_to"),
    Field("first_seen", "datetime", "First seen", "first_seen"),
    Field("last_seen", "datetime", "Last seen", "last_seen"),
    Field("last_contacted", "datetime", "Last contacted", "last_contacted"),
    Field("created_at", "datetime", "Created", "created_at"),
    Field("updated_at", "datetime", "Updated", "updated_at"),
)
