// What every door checks of a request, whatever the dialect; refusals are worded by the door.
#pragma once

#include "runtime/http/router.hpp"
#include "runtime/ingress/ingress.hpp"

#include <initializer_list>

namespace muster {

using door_refusal = std::optional<http::response>;

// 404 or 405 to what is no route; matches it if it is one.
door_refusal refuse_route(http::service& door, const http::router& routes, http::request& head);

// 415 to a body in a coding that is not read.
door_refusal refuse_coding(http::service& door, const http::request& head);

// 415 also to a body of none of `types`. One that does not say its type is taken for
// what it should be, if `or_none`.
door_refusal refuse_media(http::service& door, const http::request& head,
                          std::initializer_list<std::string_view> types, bool or_none = true);

// 429 if the lane of the matched route is full.
door_refusal refuse_crowd(ingress& host, http::service& door, const http::request& head);

// Parses the body with the host's parser, or answers what is wrong with it.
bool parse_body(ingress& host, http::service& door, const http::request& from, const http::reply& to);

}  // namespace muster
