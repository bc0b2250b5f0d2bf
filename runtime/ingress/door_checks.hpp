// What every door checks of a request's head, whatever the dialect.
#pragma once

#include "runtime/http/router.hpp"
#include "runtime/ingress/ingress.hpp"

#include <initializer_list>

namespace muster {

// What is wrong with the coding or the type of the body; empty if nothing is. A body
// that does not say its type is taken for what it should be, if `or_none`.
std::string wrong_media(const http::request& head, std::initializer_list<std::string_view> types,
                        bool or_none = true);

// 0 if the lane of the matched route lets it in; else after how many seconds to come back.
uint32_t seconds_to_wait(ingress& host, const http::request& head);

}  // namespace muster
