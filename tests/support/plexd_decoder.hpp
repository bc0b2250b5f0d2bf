// Reads events as docs/wire/plexd.md says a node does. Written from those rules and
// from nothing of ours: it shares no line with what writes events.
#pragma once

#include <openssl/evp.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace muster::testing {

struct decoded_event {
  std::map<std::string, std::string> raw;  // members of the envelope as they were written
  std::string id;                          // of the server-sent event
  std::string canonical;                   // what must have been signed
  std::string signature;                   // 64 bytes

  std::string text(const std::string& name) const { return raw.at(name).substr(1, raw.at(name).size() - 2); }
};

class plexd_decoder {
 public:
  static constexpr size_t longest_line = 64 * 1024;

  // The frame of one event. Throws std::runtime_error where a node would give up.
  static decoded_event decode(std::string_view frame) {
    decoded_event out;
    std::string data;
    bool ended = false;
    while (!frame.empty()) {
      const auto end = frame.find('\n');
      if (end == frame.npos) throw std::runtime_error{"a line without an end"};
      const auto line = frame.substr(0, end);
      if (line.size() >= longest_line) throw std::runtime_error{"a line of 64 KiB"};
      frame.remove_prefix(end + 1);
      if (line.empty()) ended = true;
      else if (line.starts_with("data:")) data += (data.empty() ? "" : "\n") + field(line, 5);
      else if (line.starts_with("id:")) out.id = field(line, 3);
    }
    if (!ended) throw std::runtime_error{"no blank line"};
    out.raw = members(data);
    out.canonical = canonical(out.raw);
    out.signature = bytes(out.text("signature"));
    return out;
  }

  static bool verifies(const decoded_event& event, const std::string& public_key) {
    const auto key_bytes = bytes(public_key);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, unsigned_of(key_bytes), key_bytes.size()),
      EVP_PKEY_free};
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> check{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    if (!key || EVP_DigestVerifyInit(check.get(), nullptr, nullptr, nullptr, key.get()) != 1) return false;
    return EVP_DigestVerify(check.get(), unsigned_of(event.signature), event.signature.size(),
                            unsigned_of(event.canonical), event.canonical.size())
           == 1;
  }

 private:
  static const unsigned char* unsigned_of(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }

  static std::string field(std::string_view line, size_t name) {
    line.remove_prefix(name);
    if (line.starts_with(' ')) line.remove_prefix(1);
    return std::string{line};
  }

  static std::string bytes(const std::string& base64) {
    std::string out(base64.size() / 4 * 3, '\0');
    const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), unsigned_of(base64),
                                      static_cast<int>(base64.size()));
    if (size < 0) throw std::runtime_error{"not base64"};
    out.resize(static_cast<size_t>(size) - (base64.ends_with("==") ? 2 : base64.ends_with("=") ? 1 : 0));
    return out;
  }

  // The members of one object, each value as it was written.
  static std::map<std::string, std::string> members(const std::string& json) {
    std::map<std::string, std::string> out;
    std::string name;
    std::string value;
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < json.size(); ++i) {
      const char c = json[i];
      if (!quoted && (c == '}' || c == ']') && --depth == 0) break;
      if (!quoted && depth == 1 && c == ':' && name.empty()) {
        name = trimmed(value);
        value.clear();
      } else if (!quoted && depth == 1 && c == ',') {
        out[name.substr(1, name.size() - 2)] = trimmed(value);
        name.clear();
        value.clear();
      } else if (depth > 0) value += c;
      if (!quoted && (c == '{' || c == '[')) ++depth;
      if (quoted && c == '\\') value += json[++i];
      else if (c == '"') quoted = !quoted;
    }
    out[name.substr(1, name.size() - 2)] = trimmed(value);
    return out;
  }

  static std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \n\r\t");
    return first == text.npos ? "" : text.substr(first, text.find_last_not_of(" \n\r\t") - first + 1);
  }

  // Names in this order, compact, then what HTML must not see replaced.
  static std::string canonical(const std::map<std::string, std::string>& raw) {
    std::string out = "{";
    for (const auto* name : {"event_type", "event_id", "issued_at", "nonce", "payload"}) {
      const auto found = raw.find(name);
      out += (out.size() > 1 ? ",\"" : "\"") + std::string{name} + "\":";
      out += found == raw.end() ? "null" : without_space(found->second);
    }
    out += '}';
    const std::vector<std::pair<std::string, std::string>> escapes{
      {"<", "\\u003c"}, {">", "\\u003e"}, {"&", "\\u0026"}, {"\u2028", "\\u2028"}, {"\u2029", "\\u2029"}};
    for (const auto& [from, to] : escapes)
      for (size_t at = 0; (at = out.find(from, at)) != out.npos; at += to.size())
        out.replace(at, from.size(), to);
    return out;
  }

  static std::string without_space(const std::string& json) {
    std::string out;
    bool quoted = false;
    bool escaped = false;
    for (char c : json) {
      if (quoted || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) out += c;
      if (!escaped && c == '"') quoted = !quoted;
      escaped = quoted && !escaped && c == '\\';
    }
    return out;
  }
};

}  // namespace muster::testing
