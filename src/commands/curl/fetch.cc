#include "commands/curl/fetch.h"

#include <strings.h>

#include "algo/unicode.h"
#include "base/text_encoding.h"
#include "kernel/kernel.h"

namespace nacre {

HttpClient* http_client(Process& p) { return p.kernel().options().http.get(); }

Fetched fetch(Process& p, HttpClient& client, const HttpRequest& request, HttpSink& sink) {
  Fetched out;
  auto transfer = client.start(request, &out.end);
  if (!transfer) return out;
  bool running = true;
  // False when the sink has enough.
  auto take = [&] {
    std::string head = std::exchange(transfer->head, ""), body = std::exchange(transfer->body, "");
    out.head_bytes += head.size();
    out.body_bytes += body.size();
    size_t from = 0;
    while (from < head.size()) {
      size_t end = std::min(head.find('\n', from), head.size() - 1) + 1;
      if (!sink.header(std::string_view(head).substr(from, end - from))) return false;
      from = end;
    }
    return body.empty() || sink.body(body);
  };
  while (running) {
    running = transfer->advance();
    const bool idle = transfer->head.empty() && transfer->body.empty();
    if (!take()) {
      out.stopped = true;
      break;
    }
    p.tick(16);
    if (running && idle) {
      p.kernel().scheduler().wait_host(transfer->poll_handle(), false, nullptr);
      p.kernel().deliver(p);
    }
  }
  out.end = transfer->end();
  out.info = transfer->info();
  return out;
}

std::optional<std::string_view> header_value(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':' || strncasecmp(line.data(), name.data(), name.size()) != 0) return std::nullopt;
  line.remove_prefix(name.size() + 1);
  return trimmed(line);
}

std::string basic_authorization(std::string_view user) { return "Authorization: Basic " + base64_encode(user); }

}  // namespace nacre
