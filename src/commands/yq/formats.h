/// formats: documents from text and back, one reader and one writer a format.
///
/// A reader is given a whole file and hands out its documents one after the other; the nodes
/// live in the Tree it was made with, which may be cleared between two documents.
/// Source: mikefarah yq v4, "Usage".
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "commands/yq/node.h"

namespace nacre::yq {

enum class Format : uint8_t { Yaml, Json, Props, Csv, Tsv, Xml, Toml, Base64, Uri, Sh, Shell };

/// By a name as -p and -o take it.
std::optional<Format> format_of(std::string_view name);
/// By a file's extension; nothing when it says nothing.
std::optional<Format> format_by_extension(std::string_view file);

struct FormatOptions {
  int indent = 2;
  bool unwrap = true;             ///< scalars without quotes
  char csv_separator = ',';
  bool csv_auto_parse = true;
  std::string props_separator = " = ";
  bool props_brackets = false;
  std::string xml_attribute = "+@", xml_content = "+content", xml_proc_inst = "+p_", xml_directive = "+directive";
  bool xml_skip_proc_inst = false, xml_skip_directives = false;
  std::string shell_separator = "_";
};

class DocumentReader {
 public:
  virtual ~DocumentReader() = default;
  /// The next document; null at the end or after an error.
  virtual Node* next() = 0;
  const std::string& error() const { return error_; }

 protected:
  std::string error_;
};

/// `text` must stay while the reader is used.
std::unique_ptr<DocumentReader> make_reader(Format format, std::string_view text, Tree& tree, const FormatOptions& options);
std::unique_ptr<DocumentReader> yaml_reader(std::string_view text, Tree& tree);
std::unique_ptr<DocumentReader> json_reader(std::string_view text, Tree& tree);
std::unique_ptr<DocumentReader> props_reader(std::string_view text, Tree& tree, const FormatOptions& options);
std::unique_ptr<DocumentReader> csv_reader(std::string_view text, Tree& tree, char separator, bool auto_parse);
std::unique_ptr<DocumentReader> xml_reader(std::string_view text, Tree& tree, const FormatOptions& options);
std::unique_ptr<DocumentReader> toml_reader(std::string_view text, Tree& tree);
std::unique_ptr<DocumentReader> encoded_reader(Format format, std::string_view text, Tree& tree);

/// Appends a document's text; false and *error when the format cannot hold it. The node has no
/// aliases unless the format is YAML.
bool write_document(Format format, std::string& out, Node* n, const FormatOptions& options, std::string* error);
/// Without what stands above a document.
void write_yaml(std::string& out, const Node* n, const FormatOptions& options);
/// indent 0: in one line, without a newline at the end.
void write_json(std::string& out, const Node* n, int indent);
bool write_props(std::string& out, const Node* n, const FormatOptions& options, std::string* error);
bool write_csv(std::string& out, const Node* n, char separator, std::string* error);
bool write_xml(std::string& out, const Node* n, const FormatOptions& options, std::string* error);
bool write_toml(std::string& out, const Node* n, std::string* error);
bool write_shell(std::string& out, const Node* n, const FormatOptions& options, std::string* error);

/// Lines of a comment in another format: without '#', and back.
std::string bare_comment(std::string_view comment);
std::string hash_comment(std::string_view text);

}  // namespace nacre::yq
