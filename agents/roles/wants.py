"""What each role is called and what it wants, in the languages of the prompts.

Knows words. Does not know what they lead to.
"""

from __future__ import annotations

from shotplan.rules.finding import Role
from shotplan.vocabulary.term import Language

NAMES: dict[Role, dict[Language, str]] = {
    Role.DIRECTOR: {"en": "director", "zh": "导演", "ja": "監督"},
    Role.SCENE: {"en": "scene", "zh": "美术设计", "ja": "美術"},
    Role.CHARACTER: {"en": "character", "zh": "演员", "ja": "演者"},
    Role.CAMERA: {"en": "camera", "zh": "摄影师", "ja": "撮影監督"},
}

WANTS: dict[Role, dict[Language, str]] = {
    Role.DIRECTOR: {
        "en": "Keep the words of the script: an action that the script names stays if any other remedy exists.",
        "zh": "忠于剧本的文字：只要有别的办法，剧本写明的动作就保留。",
        "ja": "台本の言葉を守る。ほかに手があるかぎり、台本に書かれた動作は残す。",
    },
    Role.SCENE: {
        "en": "Keep the terrain if a character can get past it another way; give way when asked again.",
        "zh": "如果角色能用别的方式通过，就保留地形；再次被要求时让步。",
        "ja": "登場人物がほかのやり方で通れるなら地形を残す。もう一度頼まれたら譲る。",
    },
    Role.CHARACTER: {
        "en": "Stay safe, and do what the script says: ask for the set to change before giving up an action that the script names.",
        "zh": "保证安全，照剧本去演：放弃剧本写明的动作之前，先请求改动布景。",
        "ja": "安全を保ち、台本どおりに演じる。台本に書かれた動作をあきらめる前に、舞台を変えるよう頼む。",
    },
    Role.CAMERA: {
        "en": "Keep the subject in frame and the shots varied.",
        "zh": "让主体留在画面里，让镜头有变化。",
        "ja": "被写体を画面に収め、ショットに変化をつける。",
    },
}
