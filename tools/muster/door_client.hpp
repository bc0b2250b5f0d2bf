// Speaks HTTP with the first door behind which somebody answers, over TCP or a unix socket. Blocks, with a
// limit on every wait; one thread, one request at a time.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tools/muster/operator_door.hpp"

namespace muster::cli {

struct api_request {
  std::string method = "GET";
  std::string target;
  std::string body;                                          // empty for none
  std::vector<std::pair<std::string, std::string>> headers;  // Content-Type is JSON unless it is here
};

struct api_answer {
  unsigned status = 0;
  std::string body;
  std::string address;       // who answered
  std::string token_source;  // see operator_door
  std::string token_note;
};

class door_client {
 public:
  explicit door_client(std::vector<operator_door> doors);
  ~door_client();
  door_client(const door_client&) = delete;
  door_client& operator=(const door_client&) = delete;

  // Any status is an answer. Throws the failure `no_manager` when none comes.
  api_answer ask(const api_request& request);

 private:
  class connection;
  void open();

  std::vector<operator_door> doors_;
  std::size_t chosen_ = 0;
  std::unique_ptr<connection> connection_;  // kept for the next page of a list
};

}  // namespace muster::cli
