#include "commands/curl/fetch.h"

#include <strings.h>

#include "algo/unicode.h"
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
  while (!line.empty() && ascii_space(line.front())) line.remove_prefix(1);
  while (!line.empty() && ascii_space(line.back())) line.remove_suffix(1);
  return line;
}

std::string basic_authorization(std::string_view user) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out = "Authorization: Basic ";
  for (size_t i = 0; i < user.size(); i += 3) {
    uint32_t word = 0;
    for (size_t k = 0; k < 3; k++) word = word << 8 | (i + k < user.size() ? static_cast<unsigned char>(user[i + k]) : 0);
    for (size_t k = 0; k < 4; k++) out += i + k <= user.size() && (k < 2 || i + k - 1 < user.size()) ? digits[word >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::string url_encode(std::string_view s) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (char ch : s) {
    auto c = static_cast<unsigned char>(ch);
    if (ascii_alnum(ch) || c == '-' || c == '.' || c == '_' || c == '~') out += ch;
    else out += {'%', digits[c >> 4], digits[c & 15]};
  }
  return out;
}

}  // namespace nacre
