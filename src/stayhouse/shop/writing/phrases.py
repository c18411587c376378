# ruff: noqa: RUF001 - Chinese has its own comma and question mark.
"""Sentences of reviews and messages, in English and Chinese.

Words of praise stand in complaints and the other way round (hopes, fears, denials, quotations), so
that counting good and bad words does not tell a review's sentiment.
"""

NEGATIVE, NEUTRAL, POSITIVE = range(3)
TOPICS = ("delivery", "quality", "price", "size", "service")
LANGUAGES = ("en", "zh")

# For each language and topic: what is spoken of, praise for it, blame for it.
NOUNS = (
    (
        ("delivery", "parcel", "shipping", "courier"),
        ("material", "finish", "workmanship", "build"),
        ("price", "cost", "value", "deal"),
        ("size", "fit", "shape", "weight"),
        ("service", "support", "help desk", "reply to my question"),
    ),
    (
        ("物流", "快递", "送货", "包裹"),
        ("质量", "做工", "材质", "手感"),
        ("价格", "价钱", "性价比", "优惠"),
        ("尺寸", "大小", "版型", "重量"),
        ("服务", "客服", "售后", "答复"),
    ),
)
PRAISE = (
    (
        ("quick", "on time", "careful", "prompt"),
        ("solid", "lovely", "flawless", "sturdy"),
        ("fair", "generous", "reasonable", "sensible"),
        ("perfect", "just right", "comfortable", "true to the chart"),
        ("friendly", "helpful", "patient", "competent"),
    ),
    (
        ("很快", "准时", "及时", "仔细"),
        ("很好", "扎实", "精致", "结实"),
        ("合理", "实惠", "划算", "公道"),
        ("合适", "正好", "舒服", "标准"),
        ("热情", "耐心", "周到", "专业"),
    ),
)
BLAME = (
    (
        ("slow", "late", "careless", "chaotic"),
        ("flimsy", "shabby", "faulty", "cheap"),
        ("steep", "outrageous", "excessive", "silly"),
        ("wrong", "far too tight", "awkward", "way off"),
        ("rude", "useless", "dismissive", "clueless"),
    ),
    (
        ("很慢", "拖拉", "混乱", "粗暴"),
        ("很差", "粗糙", "劣质", "单薄"),
        ("太贵", "离谱", "虚高", "不值"),
        ("不合适", "偏小", "别扭", "不准"),
        ("冷淡", "敷衍", "推脱", "不专业"),
    ),
)

# {n} the thing, {p} praise, {b} blame, {o} the product.
SENTENCES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        (
            "The {n} is {b}.",
            "I hoped for {p}, and that is not what I got from the {n}.",
            "Nothing {p} about the {n}.",
            "Everybody calls the {n} {p}; I cannot agree.",
            "Sold to me as {p}, the {n} is anything but.",
            "The {n} was {p} once. Those days are over.",
            "If this {n} is {p}, I would not want to see {b}.",
            "They promise {p}; what comes is {b}.",
            "I would have liked to write that the {n} is {p}.",
            "{o}: {b} in every way, the {n} above all.",
            "Not {p} in the least, this {n}.",
            "My old one was {p}. With this one the {n} is {b}.",
        ),
        (
            "The {n} is neither {p} nor {b}.",
            "{o}: the {n} is {p}, the rest is {b}.",
            "Some days the {n} seems {p}, on others {b}.",
            "The {n} could be {b}, it could be {p}; it is in between.",
            "As expected. I would not call the {n} {p}, but not {b} either.",
            "Half {p}, half {b}: the {n} leaves me undecided.",
        ),
        (
            "The {n} is {p}.",
            "I feared {b}, and I was wrong about the {n}.",
            "Nothing {b} about the {n}.",
            "Others call the {n} {b}; I cannot agree.",
            "I was told to expect {b}. The {n} is anything but.",
            "The {n} was {b} once. Those days are over.",
            "If this {n} is {b}, I do not know what {p} means.",
            "After all the {b} ones I have had, the {n} is {p} at last.",
            "I looked for something to complain about and found no {b} {n}.",
            "{o}: {p} in every way, the {n} above all.",
            "Not {b} in the least, this {n}.",
            "My old one was {b}. With this one the {n} is {p}.",
        ),
    ),
    (
        (
            "{n}{b}。",
            "本来以为{n}会{p}，结果完全不是。",
            "{n}一点都谈不上{p}。",
            "别人都说{n}{p}，我不同意。",
            "宣传说{p}，实际{n}{b}。",
            "以前{n}还算{p}，现在不行了。",
            "要是这样的{n}也叫{p}，那真没话说了。",
            "真想说{n}{p}，可惜说不出口。",
            "{o}太让人失望，尤其是{n}{b}。",
            "说好的{p}呢？{n}{b}。",
        ),
        (
            "{n}不算{p}，也不算{b}。",
            "{o}一般，{n}{p}，别的{b}。",
            "{n}有时{p}，有时{b}。",
            "没有想象中{p}，也没有别人说的{b}。",
            "{n}马马虎虎，谈不上{p}或者{b}。",
        ),
        (
            "{n}{p}。",
            "本来担心{n}{b}，结果完全不是。",
            "{n}一点都谈不上{b}。",
            "别人都说{n}{b}，我不同意。",
            "有人说{b}，实际{n}{p}。",
            "以前{n}{b}，现在完全变了。",
            "要是这样的{n}也叫{b}，那真没话说了。",
            "想挑毛病，可是找不到{n}{b}的地方。",
            "{o}让人惊喜，尤其是{n}{p}。",
            "谁说{b}的？{n}{p}。",
        ),
    ),
)
# Sentences that say nothing about the sentiment, to stand before or after the others.
OPENINGS = (
    (
        "Bought it for my sister.",
        "Second order here.",
        "Ordered on a Sunday.",
        "I have used it for a week.",
        "A gift for a friend.",
        'My neighbour calls it "the thing".',
    ),
    (
        "给家人买的。",
        "第二次购买。",
        "周末下的单。",
        "用了一个星期。",
        "送朋友的礼物。",
        "同事推荐的。",
    ),
)
CLOSINGS = (
    (
        "Will see how it lasts.",
        "That is all, really.",
        "Ask me again in a year.",
        "Photos may follow.",
        "Colour as shown, by the way.",
        "Written on my phone, sorry.",
    ),
    (
        "先用着看看。",
        "就这些。",
        "以后再追评。",
        "颜色和图片一样。",
        "手机打字，见谅。",
        "图片稍后再发。",
    ),
)
HELP = (
    (
        (
            "Where is my parcel? It should have been here days ago.",
            "The tracking page has not changed since Monday.",
            "My delivery is late, can you find out why?",
        ),
        (
            "One part of my order is broken, what shall I do?",
            "How do I clean this without damage?",
            "Is there a guarantee on it?",
        ),
        (
            "I was charged twice for one order.",
            "My coupon was not taken off the total.",
            "Can I still pay by invoice?",
        ),
        (
            "I need another size, how do I exchange it?",
            "Which size fits a child of ten?",
            "It does not fit, may I return it?",
        ),
        (
            "I wrote last week and nobody has answered.",
            "How do I change my address?",
            "Please close my second account.",
        ),
    ),
    (
        ("我的包裹到哪里了？早就该到了。", "物流信息好几天没更新了。", "为什么还没有送到？"),
        ("有一个零件坏了，怎么办？", "请问怎么清洗？", "这个有保修吗？"),
        ("我被扣了两次款。", "优惠券没有抵扣。", "可以开发票吗？"),
        ("尺寸不对，怎么换？", "十岁孩子穿多大？", "不合适可以退吗？"),
        ("上周留言没有人回复。", "怎么修改地址？", "请帮我注销另一个账号。"),
    ),
)
