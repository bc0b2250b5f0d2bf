// What each service is sent. Pure: settings and a message go in, a parcel comes out. The
// formats are those that the services publish; docs/notifications.md says where.
#pragma once

#include "runtime/notify/parcel.hpp"

#include <nlohmann/json_fwd.hpp>

namespace muster {

struct letterhead {
  std::string subject_prefix = "[Muster]";  // of mails
  std::string link_base;                    // before the paths of notices, without a slash at its end
};

parcel compose(const channel_settings& where, const delivery& what, const letterhead& from);

// --- for the files that compose ------------------------------------------------------

namespace bodies {

// "Agent lost connection: edge-1, edge-2 and 18 more"
std::string title_of(const delivery& what);
// A line for each notice, as long as there are few.
std::string text_of(const delivery& what);
std::string link_of(const notice& what, const letterhead& from);  // empty if there is none
std::string link_of(const delivery& what, const letterhead& from);

// Whether all is well again in its group.
bool resolves(const delivery& what);
// By which services put messages together: the group's, unless nothing of it lasts.
std::string incident_of(const delivery& what);

std::string signature_of(const std::string& secret, const std::string& body);  // "sha256=<hex>"

nlohmann::json webhook(const delivery& what, const letterhead& from);
nlohmann::json slack(const delivery& what, const letterhead& from);
nlohmann::json teams(const delivery& what, const letterhead& from);
nlohmann::json pagerduty(const std::string& key, const delivery& what, const letterhead& from);
nlohmann::json opsgenie_alert(const delivery& what, const letterhead& from);
nlohmann::json opsgenie_close(const delivery& what);
nlohmann::json alertmanager_webhook(const std::string& receiver, const delivery& what,
                                    const letterhead& from);
nlohmann::json alertmanager_alerts(const delivery& what, const letterhead& from);
std::string mail(const channel_settings& where, const delivery& what, const letterhead& from);

}  // namespace bodies

}  // namespace muster
