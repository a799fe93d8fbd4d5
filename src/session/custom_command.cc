#include "session/custom_command.h"

#include "session/files.h"

namespace nacre {
namespace {

class Context : public CommandContext {
 public:
  explicit Context(Process& p) : p_(p) {}
  const std::vector<std::string>& args() const override { return p_.argv(); }
  const char* env(std::string_view name) const override { return p_.getenv(name); }
  std::string read(size_t max) override {
    std::string buffer(max, '\0');
    auto n = p_.read(0, buffer);
    buffer.resize(n ? *n : 0);
    return buffer;
  }
  void write(std::string_view text) override { (void)p_.write(1, text); }
  void error(std::string_view text) override { (void)p_.write(2, text); }
  Expected<std::string> read_file(const std::string& path) override {
    auto fd = p_.open(path, kOpenRead);
    if (!fd) return file_error("read", path, fd.error());
    std::string out, buffer(65536, '\0');
    while (true) {
      auto n = p_.read(*fd, buffer);
      if (!n || *n == 0) {
        (void)p_.close(*fd);
        if (!n) return file_error("read", path, n.error());
        return out;
      }
      out.append(buffer, 0, *n);
    }
  }
  Expected<bool> write_file(const std::string& path, std::string_view content) override {
    auto fd = p_.open(path, kOpenWrite | kOpenCreate | kOpenTruncate);
    if (!fd) return file_error("write", path, fd.error());
    auto w = p_.write(*fd, content);
    (void)p_.close(*fd);
    if (!w) return file_error("write", path, w.error());
    return true;
  }

 private:
  Process& p_;
};

}  // namespace

Body custom_body(const CustomCommand& command) {
  return [run = command.run](Process& p) {
    Context context(p);
    return run(context);
  };
}

}  // namespace nacre
