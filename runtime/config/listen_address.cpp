// Asio judges the address, so that what is accepted here can be bound there.
#include "runtime/config/listen_address.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

#include "runtime/config/units.hpp"

namespace muster {

std::optional<listen_address> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.size() - colon - 1 > 5) return std::nullopt;
  const auto port = parse_whole_number(text.substr(colon + 1));
  if (!port || *port > 65535) return std::nullopt;

  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(std::string(host), failed);
  // Without brackets `::1:80` would have two readings.
  if (failed || address.is_v6() != bracketed) return std::nullopt;
  return listen_address{std::string(host), static_cast<std::uint16_t>(*port), address.is_loopback()};
}

}  // namespace muster
