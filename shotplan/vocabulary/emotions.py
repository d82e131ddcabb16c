"""Twelve emotions with the face and the tempo they ask for."""

from __future__ import annotations

from dataclasses import dataclass

from shotplan.vocabulary.term import Term, Vocabulary


@dataclass(frozen=True, kw_only=True)
class Emotion(Term):
    tempo: float = 1.0
    """Multiplies movement speed."""
    smile: float = 0.0
    """-1 (mouth corners down) .. 1."""
    brow: float = 0.0
    """-1 (frown) .. 1 (raised)."""
    eyes: float = 0.8
    """0 (shut) .. 1 (wide open)."""
    mouth: float = 0.0
    """0 (shut) .. 1 (open), before speech."""
    slump: float = 0.0
    """-1 (proud, upright) .. 1 (slumped)."""


def _e(id: str, words: str, **face: float) -> Emotion:
    return Emotion(id=id, words=words, **face)


EMOTIONS: Vocabulary[Emotion] = Vocabulary(
    "emotion",
    _e("neutral", "neutral, plain | 平静, 无表情 | 普通, 無表情"),
    _e("happy", "happy, happily, joyful, glad, cheerful, cheerfully | 高兴, 开心, 快乐 | 嬉しい, 楽しい", tempo=1.1, smile=0.8, brow=0.3, eyes=0.7, slump=-0.3),
    _e("sad", "sad, sadly, unhappy, lonely | 悲伤, 难过, 伤心 | 悲しい, 寂しい", tempo=0.8, smile=-0.7, brow=-0.2, eyes=0.5, slump=0.7),
    _e("angry", "angry, angrily, furious | 生气, 愤怒 | 怒る, 怒った", tempo=1.15, smile=-0.6, brow=-0.9, eyes=0.75, mouth=0.1, slump=-0.2),
    _e("afraid", "afraid, scared, frightened, fearful, terrified | 害怕, 恐惧 | 怖い, 恐れる", tempo=1.15, smile=-0.4, brow=0.6, eyes=1.0, mouth=0.3, slump=0.3),
    _e("surprised", "surprised, astonished, amazed, shocked, startled | 惊讶, 吃惊, 惊奇 | 驚く, 驚いた", tempo=1.0, brow=1.0, eyes=1.0, mouth=0.7, slump=-0.2),
    _e("disgusted", "disgusted | 厌恶 | 嫌悪", tempo=0.95, smile=-0.8, brow=-0.5, eyes=0.5, slump=0.1),
    _e("calm", "calm, calmly, peaceful, peacefully, quiet, quietly, gentle, gently | 安静, 冷静, 温柔 | 穏やか, 静か", tempo=0.85, smile=0.2, eyes=0.65),
    _e("excited", "excited, excitedly, eager, eagerly | 兴奋, 激动 | 興奮, わくわく", tempo=1.25, smile=0.9, brow=0.6, eyes=0.95, mouth=0.3, slump=-0.4),
    _e("tired", "tired, exhausted, sleepy, weary | 疲惫, 累 | 疲れた, 眠い", tempo=0.7, smile=-0.2, brow=-0.1, eyes=0.35, slump=0.6),
    _e("proud", "proud, proudly, brave, bravely, confident, confidently | 骄傲, 自豪, 勇敢 | 誇らしい, 勇敢", tempo=1.0, smile=0.4, brow=0.2, eyes=0.75, slump=-0.8),
    _e("worried", "worried, nervous, nervously, anxious, anxiously | 担心, 紧张, 焦急 | 心配, 緊張", tempo=1.05, smile=-0.4, brow=0.5, eyes=0.85, slump=0.3),
)
